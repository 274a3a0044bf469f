import { expect, it } from 'vitest'

import type { Schema } from '@/api'

import { likelyTarget, scoreOf, taskOf } from './metrics'

type Column = Schema['ColumnProfile']
const column = (name: string, type: Column['type'], distinct: number) => ({ name, type, distinct, count: 100 }) as Column

it('finds the column that is most likely meant', () => {
  expect(likelyTarget([column('survived', 'integer', 2), column('age', 'float', 80)])).toBe('survived')
  expect(likelyTarget([column('age', 'float', 80), column('constant', 'integer', 1)])).toBe('age')
})

it('tells numbers from classes', () => {
  expect(taskOf(column('price', 'float', 90))).toBe('regression')
  expect(taskOf(column('grade', 'integer', 5))).toBe('classification')
})

it('shows errors above zero', () => {
  expect(scoreOf('neg_log_loss', -0.4)).toBe(0.4)
  expect(scoreOf('roc_auc', 0.9)).toBe(0.9)
})
