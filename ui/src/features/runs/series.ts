/** Lines of a chart from the points of runs. */
import { smooth, type Series } from '@/charts'

import type { History } from './api'

export type XAxis = 'step' | 'time'

export interface ChartSettings {
  x: XAxis
  smoothing: number
  logarithmic: boolean
}

/** The line of `history`; time counts in seconds from its first point. */
export function seriesOf(history: History, name: string, colour: number, settings: ChartSettings): Series {
  const start = history.timestamps[0] ?? 0
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
