import { expect, it } from 'vitest'

import type { Run } from './api'
import { differenceOf, extremesKey, valueOf, type Shown } from './cells'
import { columnOf, type RunColumn } from './columns'

const run = (id: string, loss: number) => ({ id, metrics: { loss } }) as unknown as Run
const extremes = new Map([[extremesKey('a', 'loss'), { lowest: 0.1, highest: 2 }]])
const shown: Shown = { values: undefined, goals: undefined, extremes, baseline: undefined }

it('shows the last value, or the one asked for', () => {
  expect(valueOf(run('a', 0.5), 'loss', shown)).toBe(0.5)
  expect(valueOf(run('a', 0.5), 'loss', { ...shown, values: 'max' })).toBe(2)
  expect(valueOf(run('a', 0.5), 'loss', { ...shown, values: 'best' })).toBe(0.1)
  expect(valueOf(run('a', 0.5), 'loss', { ...shown, values: 'best', goals: { loss: 'max' } })).toBe(2)
  expect(valueOf(run('b', 0.5), 'loss', { ...shown, values: 'min' })).toBeUndefined()
})

it('says whether a difference is for the better', () => {
  const column = columnOf('metrics.loss') as RunColumn
  const measured = { ...shown, baseline: run('b', 0.75) }
  expect(differenceOf(run('a', 0.5), column, measured)).toEqual({ text: '-0.25', better: true })
  expect(differenceOf(run('b', 0.75), column, measured)).toBeNull()
  expect(differenceOf(run('a', 0.75), column, measured)?.better).toBeNull()
})
