import { expect, it } from 'vitest'

import { auditSearch, toFilter } from './search'

it('keeps filters that it knows, and days that are some', () => {
  expect(auditSearch({ action: 'tracking', since: '2026-01-31', until: 'soon', actor: '', other: 'x', subject_id: 7 })).toEqual({
    action: 'tracking',
    since: '2026-01-31',
  })
})

it('asks for whole days of the reader, the last one included', () => {
  const { since, until, action } = toFilter({ action: 'jobs', since: '2026-02-27', until: '2026-02-28' })
  expect(action).toBe('jobs')
  expect(new Date(since ?? '')).toEqual(new Date(2026, 1, 27))
  expect(new Date(until ?? '')).toEqual(new Date(2026, 2, 1))
})
