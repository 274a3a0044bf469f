/** ECharts behind React. */
import { TooltipComponent } from 'echarts/components'
import { init, use as register, type EChartsCoreOption, type EChartsType } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'

import { colour, onColoursChange } from '@/theme/theme'

import styles from './chart.module.css'
import type { CanvasProps, ChartColours } from './EChart'

export type ChartOption = EChartsCoreOption

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

type Parts = Parameters<typeof register>[0]

export default function Canvas({ label, option, height, onBrush, parts }: CanvasProps & { parts: Parts }) {
  const frame = useRef<HTMLDivElement>(null)
  const chart = useRef<EChartsType | null>(null)

  useEffect(() => {
    const box = frame.current
    if (!box) return undefined
    register([CanvasRenderer, TooltipComponent])
    register(parts)
    const made = init(box, null, { renderer: 'canvas', height })
    chart.current = made
    // It also tells of the size that the chart is made in, which would draw it twice.
    const watcher = new ResizeObserver(() => box.clientWidth !== made.getWidth() && made.resize({ width: box.clientWidth, height }))
    watcher.observe(box)
    return () => {
      watcher.disconnect()
      made.dispose()
      chart.current = null
    }
  }, [height, parts])

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
