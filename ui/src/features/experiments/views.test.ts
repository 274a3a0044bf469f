import { expect, it } from 'vitest'

import { addressOf, isChanged, type RunView } from './views'

const view: RunView = {
  id: 'v1',
  experiment_id: 1,
  name: 'best',
  author: 'ada',
  state: { sort: 'metrics.auc', columns: ['metrics.auc'], nonsense: 7 },
  updated_at: '2026-05-01T00:00:00Z',
}

it('opens what was saved, without what no address knows', () => {
  expect(addressOf(view)).toEqual({ sort: 'metrics.auc', columns: ['metrics.auc'], saved: 'v1' })
})

it('knows when a table shows something else', () => {
  expect(isChanged(view, { saved: 'v1', columns: ['metrics.auc'], sort: 'metrics.auc' })).toBe(false)
  expect(isChanged(view, { saved: 'v1', sort: 'metrics.loss' })).toBe(true)
})
