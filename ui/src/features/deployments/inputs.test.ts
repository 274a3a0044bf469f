import { expect, it } from 'vitest'

import { exampleOf, filledBy, rangeOf, rowOf, rowsOfJson } from './inputs'

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

it('takes a row, rows or the whole body as JSON, and says what is wrong with anything else', () => {
  const row = { age: 3 }
  for (const value of [row, [row], { inputs: [row] }]) expect(rowsOfJson(JSON.stringify(value))).toEqual({ rows: [row] })
  expect(rowsOfJson('{"age": }')).toHaveProperty('wrong')
  for (const value of [[], [3], 'age', { inputs: [] }]) expect(rowsOfJson(JSON.stringify(value))).toHaveProperty('wrong')
})

it('fills what the example leaves out with what is usual', () => {
  const hints = [{ name: 'sex', choices: ['male', 'female'] }, { name: 'age', min: 1, median: 30, max: 80 }, { name: 'note' }]
  expect(filledBy(hints as never, { age: '5' })).toEqual({ sex: 'male', age: '5' })
  expect(rangeOf(hints[1] as never, String)).toBe('1 to 80 in training')
  expect(rangeOf(undefined, String)).toBeUndefined()
})
