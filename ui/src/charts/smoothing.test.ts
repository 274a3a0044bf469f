import { expect, it } from 'vitest'

import { smooth } from './smoothing'

it('begins at the first value, and keeps what is constant', () => {
  expect(smooth([5, 5, null, 5], 0.9).map((value) => value?.toFixed(6))).toEqual(['5.000000', '5.000000', undefined, '5.000000'])
})

it('draws a jump out', () => {
  const [, jumped, , last] = smooth([0, 1, 1, 1], 0.5)
  expect(jumped).toBeCloseTo(2 / 3)
  expect(last).toBeGreaterThan(0.9)
})

it('changes nothing without a weight', () => {
  const values = [1, null, 2]
  expect(smooth(values, 0)).toBe(values)
})
