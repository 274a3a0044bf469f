/** Compared runs as points: one number or word for each field. */
import type { Comparison } from './api'

export interface FieldValues {
  id: string
  label: string
  /** In the order of the runs. */
  values: (number | string | null)[]
  numeric: boolean
}

/** Every metric and param; those that differ come first. */
export function fieldsOf(comparison: Comparison): FieldValues[] {
  const rows = [
    ...comparison.metrics.map((row) => ({ ...row, id: `metrics.${row.key}` })),
    ...comparison.params.map((row) => ({ ...row, id: `params.${row.key}` })),
  ]
  return rows.map(({ id, key, values }) => {
    const numbers = values.map((value) => (value === null || value === '' ? null : Number(value)))
    const known = numbers.filter((value) => value !== null)
    const numeric = known.length > 0 && known.every(Number.isFinite)
    return { id, label: key, numeric, values: numeric ? numbers : values.map((value) => (value === null ? null : String(value))) }
  })
}

export interface Box {
  name: string
  /** Lowest, first quartile, median, third quartile, highest. */
  five: [number, number, number, number, number]
  count: number
}

/** How `values` lie in each group; groups without a number are left out. */
export function boxesOf(values: (number | string | null)[], groups: (number | string | null)[]): Box[] {
  const found = new Map<string, number[]>()
  values.forEach((value, index) => {
    if (typeof value !== 'number') return
    const name = String(groups[index] ?? '(none)')
    found.set(name, [...(found.get(name) ?? []), value])
  })
  return [...found].sort(([a], [b]) => a.localeCompare(b, undefined, { numeric: true })).map(([name, numbers]) => {
    const sorted = numbers.toSorted((a, b) => a - b)
    return { name, count: sorted.length, five: [0, 0.25, 0.5, 0.75, 1].map((share) => quantile(sorted, share)) as Box['five'] }
  })
}

function quantile(sorted: number[], share: number): number {
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)] ?? 0
  const above = sorted[Math.ceil(place)] ?? below
  return below + (above - below) * (place - Math.floor(place))
}

export interface Surface {
  xs: number[]
  ys: number[]
  /** Rows of [column, row, value]. */
  cells: [number, number, number][]
}

const CELLS = 24

/** `z` between the points, weighted by the inverse of the squared distance; null for fewer than four. */
export function surfaceOf(x: (number | string | null)[], y: (number | string | null)[], z: (number | string | null)[]): Surface | null {
  const points = x.flatMap((each, index) => {
    const [up, value] = [y[index], z[index]]
    return typeof each === 'number' && typeof up === 'number' && typeof value === 'number' ? [{ x: each, y: up, z: value }] : []
  })
  if (points.length < 4) return null
  const [xs, ys] = [ticks(points.map((point) => point.x)), ticks(points.map((point) => point.y))]
  const width = (xs.at(-1) ?? 1) - (xs[0] ?? 0) || 1
  const height = (ys.at(-1) ?? 1) - (ys[0] ?? 0) || 1
  const cells = xs.flatMap((at, column) =>
    ys.map((up, row): [number, number, number] => {
      let [sum, weights] = [0, 0]
      for (const point of points) {
        const weight = 1 / (((point.x - at) / width) ** 2 + ((point.y - up) / height) ** 2 + 1e-4)
        sum += weight * point.z
        weights += weight
      }
      return [column, row, sum / weights]
    }),
  )
  return { xs, ys, cells }
}

function ticks(values: number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  return Array.from({ length: CELLS }, (_, index) => Number((low + ((high - low) * index) / (CELLS - 1)).toPrecision(4)))
}
