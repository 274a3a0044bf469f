import { expect, it } from 'vitest'

import { changedFields } from './changed'

it('puts what changed first, whatever its type', () => {
  expect(changedFields({ name: 'a', role: 'viewer', tags: { x: 1 } }, { name: 'a', role: 'admin', active: true })).toEqual([
    { name: 'role', before: 'viewer', after: 'admin' },
    { name: 'tags', before: '{"x":1}', after: null },
    { name: 'active', before: null, after: 'true' },
    { name: 'name', before: 'a', after: 'a' },
  ])
  expect(changedFields(null, null)).toEqual([])
})
