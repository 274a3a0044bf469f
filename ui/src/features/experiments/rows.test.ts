import { expect, it } from 'vitest'

import type { Run } from './api'
import { countArrived } from './rows'

const run = (id: string) => ({ id }) as unknown as Run

it('counts what has come before the first that is known', () => {
  const known = new Set(['b', 'a'])
  expect(countArrived([run('d'), run('c'), run('b'), run('x')], known)).toBe(2)
  expect(countArrived([run('b')], known)).toBe(0)
  expect(countArrived([run('e')], known)).toBe(1)
})
