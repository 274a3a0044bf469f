import { expect, it } from 'vitest'

import type { Run } from './api'
import { columnOf, defaultColumns, inOrder, keysOf, mergeKeys, moved } from './columns'

const run = (id: string, params: Record<string, string>, metrics: Record<string, number | string> = {}): Run => ({
  id,
  experiment_id: 1,
  name: `run ${id}`,
  status: 'finished',
  lifecycle: 'active',
  user: 'ada',
  parent_run_id: null,
  started_at: '2026-05-01T12:00:00Z',
  ended_at: '2026-05-01T12:01:00Z',
  artifact_uri: '',
  params,
  tags: { 'mlflow.source.name': 'train.py', team: 'credit' },
  metrics,
})

it('shows at first the params that differ, and not those that are equal', () => {
  const runs = [run('1', { lr: '0.1', seed: '7' }, { auc: 0.9 }), run('2', { lr: '0.2', seed: '7' })]
  expect(defaultColumns(runs, keysOf(runs))).toEqual([
    'status', 'started', 'duration', 'metrics.auc', 'params.lr', 'user',
  ])
})

it('leaves what only machines read out of the choice', () => {
  const keys = keysOf([run('1', {}, { 'system/cpu': 1, loss: 2 })])
  expect(keys).toEqual({ metrics: ['loss'], params: [], tags: ['team'] })
})

it('takes keys with any characters', () => {
  const column = columnOf('metrics.val.loss/top 5 🎯')
  expect(column?.cell(run('1', {}, { 'val.loss/top 5 🎯': 'NaN' }))).toBe('NaN')
  expect(columnOf('nothing')).toBeNull()
})

it('keeps what is pinned in front, and moves columns', () => {
  expect(inOrder(['a', 'b', 'c'], ['c'])).toEqual(['c', 'a', 'b'])
  expect(moved(['a', 'b', 'c'], 'a', 'c')).toEqual(['b', 'c', 'a'])
  expect(moved(['a', 'b', 'c'], 'c', 'a')).toEqual(['c', 'a', 'b'])
  expect(moved(['a', 'b'], 'a', 'gone')).toEqual(['a', 'b'])
})

it('knows the keys of runs that are not loaded', () => {
  const here = { metrics: ['new'], params: [], tags: [] }
  expect(mergeKeys({ metrics: ['auc', 'system/cpu'], params: ['lr'], tags: ['mlflow.user', 'team'] }, here)).toEqual({
    metrics: ['auc', 'new'],
    params: ['lr'],
    tags: ['team'],
  })
})
