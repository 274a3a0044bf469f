import { expect, it } from 'vitest'

import type { Profile } from './api'
import { compareProfiles, missingShare } from './comparison'
import { datasetSearch } from './search'

const column = (name: string, type: string, mean?: number) => ({ name, type, mean, std: 2, count: 8, missing: 2 })
const profile = (...columns: object[]) => ({ rows: 10, columns, warnings: [] }) as unknown as Profile

it('puts what is gone, new or of another type before what moved, and that before the rest', () => {
  const changes = compareProfiles(
    profile(column('gone', 'integer'), column('same', 'float', 1), column('moved', 'float', 1), column('kind', 'integer')),
    profile(column('same', 'float', 1), column('moved', 'float', 5), column('kind', 'string'), column('new', 'string')),
  )
  expect(changes.map(({ name, kind }) => [name, kind])).toEqual([
    ['gone', 'removed'],
    ['new', 'added'],
    ['kind', 'changed'],
    ['moved', 'same'],
    ['same', 'same'],
  ])
  expect(changes.find(({ name }) => name === 'moved')?.shift).toBe(2)
})

it('tells the share of missing values of all rows', () => {
  expect(missingShare(column('a', 'float') as unknown as Profile['columns'][number])).toBe(0.2)
})

it('keeps of an address only what it understands', () => {
  expect(datasetSearch({ tab: 'versions', compare: [1, 2], from: 50 })).toEqual({ tab: 'versions', compare: [1, 2], from: 50 })
  expect(datasetSearch({ tab: 'nonsense', compare: ['1', 2], from: -1, version: 1.5 })).toEqual({})
})
