import { expect, it } from 'vitest'

import { loginSearch } from './search'

it('goes on to a path of this application', () => {
  expect(loginSearch({ next: '/runs/1?tab=charts', ended: true })).toEqual({ next: '/runs/1?tab=charts', ended: true })
})

it.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', 7])(
  'goes nowhere else: %s',
  (next) => expect(loginSearch({ next })).toEqual({}),
)
