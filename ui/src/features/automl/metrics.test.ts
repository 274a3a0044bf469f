import { expect, it } from 'vitest'

import type { Schema } from '@/api'

import { likelyTarget, reasonFor, scoreOf, taskOf } from './metrics'

type Column = Schema['ColumnProfile']
const column = (name: string, type: Column['type'], distinct: number) => ({ name, type, distinct, count: 100, top_values: [{ value: 1.5, count: 1 }] }) as Column

it('finds the column that is most likely meant', () => {
  expect(likelyTarget([column('survived', 'integer', 2), column('age', 'float', 80)])).toBe('survived')
  expect(likelyTarget([column('age', 'float', 80), column('constant', 'integer', 1)])).toBe('age')
})

it('tells numbers from classes', () => {
  expect(taskOf(column('price', 'float', 90))).toBe('regression')
  expect(taskOf(column('grade', 'integer', 5))).toBe('classification')
  expect(taskOf(column('grade', 'integer', 21))).toBe('regression')
  expect(taskOf(column('label', 'float', 2))).toBe('classification')
  expect(taskOf({ ...column('grade', 'float', 5), top_values: [{ value: 3, count: 9 }] })).toBe('classification')
})

it('shows errors above zero', () => {
  expect(scoreOf('neg_log_loss', -0.4)).toBe(0.4)
  expect(scoreOf('roc_auc', 0.9)).toBe(0.9)
})

it('says why it takes a column for classes or for a quantity', () => {
  expect(reasonFor({ ...column('grade', 'integer', 5), distinct_exact: true })).toBe('Classification: a whole number with only 5 different values.')
  expect(reasonFor({ ...column('price', 'float', 1234), distinct_exact: false })).toBe('Regression: a number with fractions, about 1,234 different values.')
})
