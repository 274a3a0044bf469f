import { expect, it } from 'vitest'

import type { History } from './api'
import { partOf, seriesOf, withDetail } from './series'

const history: History = {
  key: 'loss',
  steps: [0, 1, 1, 2],
  timestamps: [5000, 6000, 7000, 9000],
  values: [1, 0.5, 0.4, 'NaN'],
  thinned: false,
  next_cursor: null,
}
const settings = { x: 'step', smoothing: 0, logarithmic: false } as const

it('takes the last point of a step, and leaves a gap for what is no number', () => {
  expect(seriesOf(history, 'a', 0, settings)).toMatchObject({ xs: [0, 1, 2], ys: [1, 0.4, null] })
})

it('counts time from the first point', () => {
  expect(seriesOf(history, 'a', 0, { ...settings, x: 'relative' }).xs).toEqual([0, 1, 2, 4])
  expect(seriesOf(history, 'a', 0, { ...settings, x: 'time' }).xs).toEqual([5, 6, 7, 9])
})

it('has no place for zero on a logarithmic scale', () => {
  const line = seriesOf({ ...history, values: [0, -1, 2, 3] }, 'a', 0, { ...settings, logarithmic: true })
  expect(line.ys).toEqual([null, 2, 3])
})

it('puts all that is known of a part between what is known of the rest', () => {
  const part = { ...history, steps: [1, 1], timestamps: [6000, 6500], values: [0.5, 0.45] }
  expect(withDetail(history, part)).toMatchObject({ steps: [0, 1, 1, 2], timestamps: [5000, 6000, 6500, 9000], values: [1, 0.5, 0.45, 'NaN'] })
  const late = { ...history, steps: [5], timestamps: [1], values: [7] }
  expect(withDetail(history, late).steps).toEqual([0, 1, 1, 2, 5])
  expect(withDetail(history, { ...history, steps: [], timestamps: [], values: [] })).toBe(history)
  expect(withDetail(history, undefined)).toBe(history)
})

it('asks for the part that is seen, on any axis', () => {
  const other = { ...history, timestamps: [8000, 8500, 8600, 8700] }
  expect(partOf([0.5, 1.5], 'step', [history])).toEqual({ steps: [0, 2] })
  expect(partOf([5.5, 6.5], 'time', [history])).toEqual({ times: [5500, 6500] })
  expect(partOf([1, 2], 'relative', [history, other])).toEqual({ times: [6000, 10_000] })
})
