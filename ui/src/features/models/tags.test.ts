import { expect, it } from 'vitest'

import { modelSearch } from './search'
import { readTags, writeTags } from './tags'

it('gives back the tags that it wrote, values with = included', () => {
  const tags = { team: 'risk', formula: 'a=b' }
  expect(readTags(writeTags(tags))).toEqual({ tags, wrong: null })
})

it('names the line that is no tag', () => {
  expect(readTags('team=risk\n\nowner').wrong).toContain('owner')
  expect(readTags('=x').wrong).not.toBeNull()
})

it('compares two versions at least', () => {
  expect(modelSearch({ compare: [3, 1] })).toEqual({ compare: [3, 1] })
  expect(modelSearch({ compare: [3, 'x'] })).toEqual({})
})
