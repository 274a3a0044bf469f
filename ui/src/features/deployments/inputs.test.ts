import { expect, it } from 'vitest'

import { exampleOf, rowOf } from './inputs'

const columns = [
  { name: 'age', type: 'double', required: false },
  { name: 'sex', type: 'string', required: true },
  { name: 'alone', type: 'boolean', required: true },
]

it('sends numbers as numbers, and what is empty as missing', () => {
  expect(rowOf(columns, { age: '', sex: 'female', alone: 'true' })).toEqual({ age: null, sex: 'female', alone: true })
  expect(rowOf(columns, { age: '31.5', sex: '', alone: 'false' })).toEqual({ age: 31.5, sex: null, alone: false })
})

it.each([
  [{ columns: ['age', 'sex'], data: [[3, null], [4, 'm']] }],
  [[{ age: 3, sex: null }]],
  [{ dataframe_split: { columns: ['age', 'sex'], data: [[3, null]] } }],
  [{ inputs: [{ age: 3, sex: null }] }],
])('takes the first row of an example: %j', (example) => expect(exampleOf(example)).toEqual({ age: '3', sex: '' }))

it('does without an example', () => expect(exampleOf(null)).toEqual({}))
