import { expect, it } from 'vitest'

import { placesOf } from './effect'

it('sets half as much as far from the same as double, whatever the interval', () => {
  const half = placesOf({ estimate: 0.5, low: 0.25, high: 1 })
  const double = placesOf({ estimate: 2, low: 1, high: 4 })
  expect(half.estimate + double.estimate).toBeCloseTo(100)
  expect(half.high).toBe(half.one)
  for (const { low, high } of [half, double, placesOf({ estimate: 0, low: 0, high: 40 })]) {
    expect(low).toBeGreaterThanOrEqual(0)
    expect(high).toBeLessThanOrEqual(100)
  }
})
