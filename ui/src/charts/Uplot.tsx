import 'uplot/dist/uPlot.min.css'

import { useEffect, useRef } from 'react'
import Plot from 'uplot'

import { metric } from '@/format'
import { colour, onColoursChange } from '@/theme/theme'

import styles from './chart.module.css'
import type { LineChartProps } from './LineChart'

const COLOURS = 8

/** uPlot behind React: new points are put in without a new chart, so a zoom stays. */
export default function Uplot({ label, series, xLabel, logarithmic, clock = false, height = 240, onZoom }: LineChartProps) {
  const frame = useRef<HTMLDivElement>(null)
  const plot = useRef<Plot | null>(null)
  const latest = useRef(series)
  latest.current = series
  const drawn = useRef<typeof series | null>(null)
  const told = useRef(onZoom)
  told.current = onZoom
  const shape = JSON.stringify([series.map(({ name, colour }) => [name, colour]), logarithmic, xLabel, clock, height])

  useEffect(() => {
    const box = frame.current
    if (!box) return undefined
    let resting: ReturnType<typeof setTimeout> | undefined
    const onScale = (made: Plot) => {
      clearTimeout(resting)
      resting = setTimeout(() => told.current?.(partOf(made)), REST_MS)
    }
    const draw = () => {
      plot.current?.destroy()
      drawn.current = latest.current
      plot.current = new Plot(
        {
          ...optionsOf({ label, series: latest.current, xLabel, logarithmic, clock, height }, box.clientWidth),
          hooks: { setScale: [(made, scale) => scale === 'x' && onScale(made)] },
        },
        joined(latest.current),
        box,
      )
    }
    draw()
    const watcher = new ResizeObserver(() => {
      if (plot.current?.width !== box.clientWidth) plot.current?.setSize({ width: box.clientWidth, height })
    })
    watcher.observe(box)
    const stop = onColoursChange(draw)
    return () => {
      watcher.disconnect()
      clearTimeout(resting)
      stop()
      plot.current?.destroy()
      plot.current = null
    }
    // oxlint-disable-next-line react/exhaustive-deps -- `shape` stands for all that makes a new chart
  }, [shape])

  useEffect(() => {
    const { current } = plot
    // What a new chart was made with is on it already.
    if (!current || drawn.current === series) return
    drawn.current = series
    current.setData(joined(series), partOf(current) === null)
  }, [series])

  return <div ref={frame} className={styles['chart']} role="img" aria-label={`${label}: ${series.map(({ name }) => name).join(', ')}`} />
}

const REST_MS = 120

/** Which part of the horizontal axis is seen; null for all of it. */
function partOf({ data: [xs], scales }: Plot): [number, number] | null {
  const { min, max } = scales['x'] ?? {}
  if (xs.length === 0 || typeof min !== 'number' || typeof max !== 'number') return null
  return min > (xs[0] ?? 0) || max < (xs.at(-1) ?? 0) ? [min, max] : null
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
