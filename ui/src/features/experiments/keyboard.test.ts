import { expect, it } from 'vitest'

import { leadsTo } from './keyboard'

it.each([
  ['j', null, 0],
  ['j', 3, 4],
  ['k', 0, 0],
  ['ArrowDown', 9, 9],
  ['PageUp', 5, 0],
  ['End', null, 9],
  ['q', 3, null],
] as const)('%s leads from %s to %s', (key, active, to) => expect(leadsTo(key, active, 10)).toBe(to))

it('leads nowhere without rows', () => expect(leadsTo('j', null, 0)).toBeNull())
