import 'uplot/dist/uPlot.min.css'

import { useEffect, useRef } from 'react'
import Plot from 'uplot'

import { metric } from '@/format'
import { colour, onColoursChange } from '@/theme/theme'

import styles from './chart.module.css'
import type { LineChartProps } from './LineChart'

const COLOURS = 8

/** uPlot behind React: new points are put in without a new chart, so a zoom stays. */
export default function Uplot({ label, series, xLabel, logarithmic, clock = false, height = 240 }: LineChartProps) {
  const frame = useRef<HTMLDivElement>(null)
  const plot = useRef<Plot | null>(null)
  const latest = useRef(series)
  latest.current = series
  const shape = JSON.stringify([series.map(({ name, colour }) => [name, colour]), logarithmic, xLabel, clock, height])

  useEffect(() => {
    const box = frame.current
    if (!box) return undefined
    const draw = () => {
      plot.current?.destroy()
      plot.current = new Plot(
        optionsOf({ label, series: latest.current, xLabel, logarithmic, clock, height }, box.clientWidth),
        joined(latest.current),
        box,
      )
    }
    draw()
    const watcher = new ResizeObserver(() => plot.current?.setSize({ width: box.clientWidth, height }))
    watcher.observe(box)
    const stop = onColoursChange(draw)
    return () => {
      watcher.disconnect()
      stop()
      plot.current?.destroy()
      plot.current = null
    }
    // oxlint-disable-next-line react/exhaustive-deps -- `shape` stands for all that makes a new chart
  }, [shape])

  useEffect(() => {
    const { current } = plot
    if (!current) return
    const xs = current.data[0]
    const { min, max } = current.scales['x'] ?? {}
    const zoomed = xs.length > 0 && ((min ?? -Infinity) > (xs[0] ?? 0) || (max ?? Infinity) < (xs.at(-1) ?? 0))
    current.setData(joined(series), !zoomed)
  }, [series])

  return <div ref={frame} className={styles['chart']} role="img" aria-label={`${label}: ${series.map(({ name }) => name).join(', ')}`} />
}

function joined(series: LineChartProps['series']): Plot.AlignedData {
  if (series.length === 0) return [[]]
  return Plot.join(series.map(({ xs, ys }) => [xs, ys] as Plot.AlignedData))
}

function optionsOf(props: LineChartProps, width: number): Plot.Options {
  const text = colour('--secondary')
  const grid = { stroke: colour('--divider'), width: 1 }
  const axis = { stroke: text, grid, ticks: { ...grid, size: 4 }, font: '11px system-ui, sans-serif' }
  return {
    width,
    height: props.height ?? 240,
    scales: {
      x: { time: props.clock === true },
      // On a logarithmic scale nothing below zero has a place.
      y: props.logarithmic ? { distr: 3 } : { range: (_, low, high) => padded(low, high) },
    },
    axes: [
      { ...axis, label: props.xLabel, labelSize: 18, labelFont: '11px system-ui, sans-serif', size: 30 },
      { ...axis, size: 58, values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : String(Number(tick.toPrecision(4))))) },
    ],
    cursor: { focus: { prox: 24 }, drag: { x: true, y: false } },
    focus: { alpha: 0.25 },
    series: [
      { label: props.xLabel },
      ...props.series.map(({ name, colour: place }) => ({
        label: name,
        stroke: colour(`--chart-${(place % COLOURS) + 1}`),
        width: 1.5,
        spanGaps: true,
        points: { show: false },
        ...(place >= COLOURS && { dash: [6, 3] }),
        value: (_: Plot, value: number | null) => metric(value),
      })),
    ],
  }
}

function padded(low: number, high: number): [number, number] {
  const space = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1
  return [low - space, high + space]
}
