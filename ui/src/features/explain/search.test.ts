import { expect, it } from 'vitest'

import { explainSearch } from './search'

it('keeps a typed row, and only texts of it', () => {
  expect(explainSearch({ typed: { age: '8', name: '' } })).toEqual({ typed: { age: '8', name: '' } })
  expect(explainSearch({ typed: {} })).toEqual({ typed: {} })
  for (const typed of [['8'], { age: 8 }, 'age', null]) expect(explainSearch({ typed })).toEqual({})
})

it('explains the row that was picked, if both are said', () => {
  expect(explainSearch({ row: 3, typed: { age: '8' }, output: 'yes' })).toEqual({ row: 3, output: 'yes' })
  expect(explainSearch({ row: -1 })).toEqual({})
})
