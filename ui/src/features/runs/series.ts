/** Lines of a chart from the points of runs. */
import { smooth, type ChartSearch, type Series, type XAxis } from '@/charts'

import type { History } from './api'

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
  const order = places.map((_, index) => index).sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0))
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

/** What the axis says. */
export const X_NAMES: Record<XAxis, string> = { step: 'step', relative: 'seconds since the first point', time: 'time' }

export function settingsOf({ x = 'step', smooth: smoothing = 0, log = false }: ChartSearch): ChartSettings {
  return { x, smoothing, logarithmic: log }
}
