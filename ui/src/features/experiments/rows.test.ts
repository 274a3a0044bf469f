import { expect, it } from 'vitest'

import type { Run } from './api'
import { mergeRuns } from './rows'

const run = (id: string, loss: number) => ({ id, metrics: { loss } }) as unknown as Run

it('changes rows in place and only counts those that have come', () => {
  const known = [run('b', 1), run('a', 2)]
  const { runs, arrived } = mergeRuns(known, [run('c', 9), run('b', 0.5)])
  expect(runs.map(({ id, metrics }) => [id, metrics['loss']])).toEqual([['b', 0.5], ['a', 2]])
  expect(arrived).toBe(1)
})
