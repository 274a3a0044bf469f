import { describe, expect, it } from 'vitest'

import { againWith } from './again'
import { automlSearch, boardSearch } from './search'

describe('automlSearch', () => {
  it('keeps what a form may say', () => {
    const asked = { dataset: 'titanic', target: 'survived', task: 'classification', metric: 'accuracy', budget: 300, time: 'day', memory: false, refine: true }
    expect(automlSearch(asked)).toEqual(asked)
  })
  it('leaves out what it may not', () => expect(automlSearch({ dataset: '', task: 'guessing', budget: 1, metric: 3, memory: true, refine: 1 })).toEqual({}))
  it('is what fills the form with an earlier search', () => {
    const request = { dataset_id: 'titanic', version: 'latest', target: 'survived', task_type: 'binary', time_budget: 300, metric: null, seed: 0, group_column: 'class', warm_start: false, refine: true } as const
    expect(automlSearch({ ...againWith(request) })).toEqual({ dataset: 'titanic', target: 'survived', task: 'classification', budget: 300, group: 'class', memory: false, refine: true })
  })
})

it('sorts a leaderboard by what it has alone', () => {
  expect(boardSearch({ sort: 'fit', family: 'svm', open: 'svm-c1' })).toEqual({ sort: 'fit', family: 'svm', open: 'svm-c1' })
  expect(boardSearch({ sort: 'constructor', family: '' })).toEqual({})
})
