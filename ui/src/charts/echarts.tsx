/** ECharts behind React, with the charts and parts that are used and no others. */
import { BarChart, BoxplotChart, CustomChart, HeatmapChart, ParallelChart, ScatterChart } from 'echarts/charts'
import { GridComponent, ParallelComponent, TooltipComponent, VisualMapComponent } from 'echarts/components'
import { init, use as register, type EChartsCoreOption, type EChartsType } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'

import { colour, onColoursChange } from '@/theme/theme'

import styles from './chart.module.css'
import type { ChartColours, EChartProps } from './EChart'

export type ChartOption = EChartsCoreOption

register([BarChart, BoxplotChart, CustomChart, HeatmapChart, ParallelChart, ScatterChart, GridComponent, ParallelComponent, TooltipComponent, VisualMapComponent, CanvasRenderer])

function colours(): ChartColours {
  return {
    series: [1, 2, 3, 4, 5, 6, 7, 8].map((place) => colour(`--chart-${place}`)),
    text: colour('--text'),
    secondary: colour('--secondary'),
    divider: colour('--divider'),
    paper: colour('--paper'),
  }
}

interface ParallelSeries {
  getRawIndicesByActiveState: (state: string) => number[]
}

/** Which items the brushes on parallel axes leave. */
function activeOf(chart: EChartsType): number[] {
  const model = (chart as unknown as { getModel: () => { getSeriesByIndex: (index: number) => ParallelSeries } }).getModel()
  return model.getSeriesByIndex(0).getRawIndicesByActiveState('active')
}

export default function Canvas({ label, option, height = 320, onBrush }: EChartProps) {
  const frame = useRef<HTMLDivElement>(null)
  const chart = useRef<EChartsType | null>(null)

  useEffect(() => {
    const box = frame.current
    if (!box) return undefined
    const made = init(box, null, { renderer: 'canvas', height })
    chart.current = made
    const watcher = new ResizeObserver(() => made.resize({ width: box.clientWidth, height }))
    watcher.observe(box)
    return () => {
      watcher.disconnect()
      made.dispose()
      chart.current = null
    }
  }, [height])

  useEffect(() => {
    const draw = () => chart.current?.setOption({ animation: false, ...option(colours()) }, { notMerge: true })
    draw()
    return onColoursChange(draw)
  }, [option])

  useEffect(() => {
    const made = chart.current
    made?.on('axisareaselected', () => onBrush?.(activeOf(made)))
    return () => {
      made?.off('axisareaselected')
    }
  }, [onBrush])

  return <div ref={frame} className={styles['chart']} role="img" aria-label={label} />
}
