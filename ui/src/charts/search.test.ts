import { expect, it } from 'vitest'

import { chartSearch } from './search'

it('keeps what an address can say of charts, and nothing else', () => {
  expect(chartSearch({ x: 'time', smooth: 0.5, log: true, find: 'auc', tab: 'charts' })).toEqual({ x: 'time', smooth: 0.5, log: true, find: 'auc' })
  expect(chartSearch({ x: 'step', smooth: 7, log: 'yes', find: '' })).toEqual({})
})
