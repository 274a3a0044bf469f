import { expect, it } from 'vitest'

import { byResource, verb } from './permissions'

it('lists permissions by what they are for', () => {
  expect(byResource(['model:write', 'job:read', 'model:read'])).toEqual([
    ['job', ['job:read']],
    ['model', ['model:read', 'model:write']],
  ])
  expect(verb('model:write')).toBe('write')
})
