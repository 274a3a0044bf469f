import { expect, it } from 'vitest'

import { jobsSearch } from './search'

it('keeps what it knows and drops the rest', () => {
  expect(jobsSearch({ state: 'failed', kind: 'automl.search', mine: true, other: 1 })).toEqual({ state: 'failed', kind: 'automl.search', mine: true })
  expect(jobsSearch({ state: 'sleeping', kind: 7, mine: 'yes' })).toEqual({})
})
