/** Axes for parallel coordinates: numbers on a scale, words at equal steps. */
import type { Comparison } from './api'

export interface Axis {
  key: string
  /** From 0 (bottom) to 1 (top) for each run; null where it has no value. */
  places: (number | null)[]
  ticks: { place: number; text: string }[]
}

const MOST = 12

/** The axes of what differs: params first, then metrics. */
export function axesOf(comparison: Comparison): Axis[] {
  const params = comparison.params.filter(({ differs }) => differs)
  const metrics = comparison.metrics.filter(({ differs }) => differs)
  return [
    ...params.slice(0, MOST - Math.min(metrics.length, 4)).map(({ key, values }) => axis(key, values)),
    ...metrics.slice(0, 4).map(({ key, values }) => axis(key, values)),
  ]
}

function axis(key: string, values: (string | number | null)[]): Axis {
  const numbers = values.map((value) => (value === null || value === '' ? null : Number(value)))
  const known = numbers.filter((value) => value !== null)
  if (known.length > 0 && known.every(Number.isFinite)) return numeric(key, numbers, known)
  const words = [...new Set(values.filter((value) => value !== null).map(String))].sort((a, b) => a.localeCompare(b))
  const place = (value: string | number | null) =>
    value === null ? null : words.length < 2 ? 0.5 : words.indexOf(String(value)) / (words.length - 1)
  return { key, places: values.map(place), ticks: words.slice(0, 12).map((text) => ({ text, place: place(text) ?? 0 })) }
}

function numeric(key: string, numbers: (number | null)[], known: number[]): Axis {
  const low = Math.min(...known)
  const high = Math.max(...known)
  // What spans orders of magnitude, as learning rates do, is read on a logarithmic scale.
  const logarithmic = low > 0 && high / low > 50
  const scale = (value: number) => (logarithmic ? Math.log(value) : value)
  const width = scale(high) - scale(low)
  const place = (value: number) => (width === 0 ? 0.5 : (scale(value) - scale(low)) / width)
  const middle = logarithmic ? Math.sqrt(low * high) : (low + high) / 2
  return {
    key,
    places: numbers.map((value) => (value === null ? null : place(value))),
    ticks: (width === 0 ? [low] : [low, middle, high]).map((value) => ({
      place: place(value),
      text: String(Number(value.toPrecision(3))),
    })),
  }
}
