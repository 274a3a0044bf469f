import { expect, it } from 'vitest'

import { pagesOf, reachable, startOf, type Places } from './places'

const places: Places = { total: 2500, exact: true, start: 'first', every: 1000, cursors: ['a', 'b'] }

it('begins pages behind the nearest place', () => {
  expect(startOf(0, places)).toEqual({ cursor: 'first', skip: 0 })
  expect(startOf(9, places)).toEqual({ cursor: 'first', skip: 900 })
  expect(startOf(10, places)).toEqual({ cursor: 'a', skip: 0 })
  expect(startOf(24, places)).toEqual({ cursor: 'b', skip: 400 })
})

it('begins at once where no place is needed, and waits where one is', () => {
  expect(startOf(0, undefined)).toEqual({ cursor: null, skip: 0 })
  expect(startOf(10, undefined)).toBeNull()
})

it('reaches as far as there are places', () => {
  expect(reachable(places)).toBe(2500)
  expect(reachable({ ...places, exact: false, total: 9_000_000 })).toBe(3000)
})

it('knows which pages are seen', () => expect(pagesOf(95, 203)).toEqual([0, 1, 2]))
