import { expect, it } from 'vitest'

import type { Comparison } from './api'
import { boxesOf, fieldsOf, surfaceOf } from './points'

it('tells numbers from words', () => {
  const comparison: Comparison = {
    runs: [],
    metrics: [{ key: 'auc', differs: true, values: [0.5, null] }],
    params: [{ key: 'model', differs: true, values: ['rf', null] }, { key: 'lr', differs: true, values: ['0.1', '1e-3'] }],
    tags: [],
  }
  expect(fieldsOf(comparison)).toEqual([
    { id: 'metrics.auc', label: 'auc', numeric: true, values: [0.5, null] },
    { id: 'params.model', label: 'model', numeric: false, values: ['rf', null] },
    { id: 'params.lr', label: 'lr', numeric: true, values: [0.1, 0.001] },
  ])
})

it('sums groups up in five numbers', () => {
  expect(boxesOf([1, 2, 3, 4, 5, 9, null], ['a', 'a', 'a', 'a', 'a', 'b', 'b'])).toEqual([
    { name: 'a', count: 5, five: [1, 2, 3, 4, 5] },
    { name: 'b', count: 1, five: [9, 9, 9, 9, 9] },
  ])
})

it('goes through its points between them, and needs four', () => {
  expect(surfaceOf([1, 2, 3], [1, 2, 3], [1, 2, 3])).toBeNull()
  const surface = surfaceOf([0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 2])
  expect(surface?.cells.find(([column, row]) => column === 0 && row === 0)?.[2]).toBeCloseTo(0, 2)
  expect(surface?.cells.find(([column, row]) => column === 23 && row === 23)?.[2]).toBeCloseTo(2, 2)
})
