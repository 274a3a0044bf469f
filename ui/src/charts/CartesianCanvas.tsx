/** Points, boxes and cells over two axes, drawn by ECharts. */
import { BoxplotChart, HeatmapChart, ScatterChart } from 'echarts/charts'
import { GridComponent, VisualMapComponent } from 'echarts/components'

import type { CanvasProps } from './EChart'
import Canvas from './echarts'

const PARTS = [BoxplotChart, HeatmapChart, ScatterChart, GridComponent, VisualMapComponent]

export default function CartesianCanvas(props: CanvasProps) {
  return <Canvas {...props} parts={PARTS} />
}
