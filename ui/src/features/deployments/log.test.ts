import { expect, it } from 'vitest'

import { withMore } from './api'

const at = '2026-01-01T10:00:00Z'
const lines = (...numbers: number[]) => numbers.map((seq) => ({ seq, at, source: 'model' as const, text: `line ${seq}` }))

it('adds what is new, and begins anew with another gateway', () => {
  const first = withMore(undefined, { lines: lines(1, 2), next: 2, loaded: true })
  const second = withMore(first, { lines: lines(3), next: 3, loaded: true })
  expect(second.lines.map(({ seq }) => seq)).toEqual([1, 2, 3])
  expect(withMore(second, { lines: [], next: 3, loaded: false })).toEqual({ ...second, loaded: false })
  expect(withMore(second, { lines: lines(1), next: 1, loaded: true }).lines.map(({ seq }) => seq)).toEqual([1])
})

it('keeps the last lines alone', () => {
  const known = { lines: lines(...Array.from({ length: 2000 }, (_, index) => index + 1)), next: 2000, loaded: true }
  const more = withMore(known, { lines: lines(2001), next: 2001, loaded: true })
  expect(more.lines).toHaveLength(2000)
  expect(more.lines[0]?.seq).toBe(2)
})
