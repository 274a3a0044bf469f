/** Lines of a chart from the points of runs. */
import { smooth, type ChartSearch, type Series, type XAxis } from '@/charts'

import type { History, Part } from './api'

export interface ChartSettings {
  x: XAxis
  smoothing: number
  logarithmic: boolean
}

/** The line of `history`; times are in seconds. */
export function seriesOf(history: History, name: string, colour: number, settings: ChartSettings): Series {
  const start = settings.x === 'relative' ? (history.timestamps[0] ?? 0) : 0
  const places = settings.x === 'step' ? history.steps : history.timestamps.map((time) => (time - start) / 1000)
  const values = history.values.map((value) => {
    const number = typeof value === 'number' ? value : null
    return number === null || (settings.logarithmic && number <= 0) ? null : number
  })
  const order = places.map((_, index) => index)
  // Points come in the order of their steps; only on the clock may some of them go back.
  if (settings.x !== 'step') order.sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0))
  const xs: number[] = []
  const ys: (number | null)[] = []
  for (const index of order) {
    const x = places[index] ?? 0
    // Several points of one step, as a resumed run logs them: the last one counts.
    if (xs.at(-1) === x) ys[ys.length - 1] = values[index] ?? null
    else {
      xs.push(x)
      ys.push(values[index] ?? null)
    }
  }
  return { name, colour, xs, ys: smooth(ys, settings.smoothing) }
}

/** `history` with all that is known of a part of it. */
export function withDetail(history: History, detail: History | undefined): History {
  const [first, last] = [detail?.steps[0], detail?.steps.at(-1)]
  if (!detail || first === undefined || last === undefined) return history
  const from = history.steps.findIndex((step) => step >= first)
  const to = history.steps.findIndex((step) => step > last)
  const merged = <Value>(all: Value[], part: Value[]): Value[] =>
    [...all.slice(0, from === -1 ? all.length : from), ...part, ...all.slice(to === -1 ? all.length : to)]
  return {
    ...history,
    steps: merged(history.steps, detail.steps),
    timestamps: merged(history.timestamps, detail.timestamps),
    values: merged(history.values, detail.values),
  }
}

/** The part of the histories that a part of the axis shows; ends of time are in seconds, as on the axis. */
export function partOf([low, high]: [number, number], x: XAxis, histories: History[]): Part {
  if (x === 'step') return { steps: [Math.floor(low), Math.ceil(high)] }
  const starts = x === 'relative' ? histories.map(({ timestamps }) => timestamps[0] ?? 0) : [0]
  return { times: [Math.floor(Math.min(...starts) + low * 1000), Math.ceil(Math.max(...starts) + high * 1000)] }
}

/** What the axis says. */
export const X_NAMES: Record<XAxis, string> = { step: 'step', relative: 'seconds since the first point', time: 'time' }

export function settingsOf({ x = 'step', smooth: smoothing = 0, log = false }: ChartSearch): ChartSettings {
  return { x, smoothing, logarithmic: log }
}
