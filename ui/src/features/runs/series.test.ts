import { expect, it } from 'vitest'

import type { History } from './api'
import { seriesOf } from './series'

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
