/** Parallel axes, drawn by ECharts. */
import { ParallelChart } from 'echarts/charts'
import { ParallelComponent } from 'echarts/components'

import type { CanvasProps } from './EChart'
import Canvas from './echarts'

const PARTS = [ParallelChart, ParallelComponent]

export default function ParallelCanvas(props: CanvasProps) {
  return <Canvas {...props} parts={PARTS} />
}
