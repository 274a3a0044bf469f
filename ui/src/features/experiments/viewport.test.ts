import { expect, it } from 'vitest'

import { columnsIn, rowsIn, showRow, type Viewport } from './viewport'

const at = (first: number, height = 720): Viewport => ({ first, last: first + 19, left: 0, width: 1000, height })

it('draws as many rows at any place, all that are seen among them', () => {
  for (const first of [0, 1, 5, 17, 5000, 99_979]) {
    const { from, to, size } = rowsIn(at(first), 100_000)
    expect(to - from).toBe(size)
    expect(from).toBeLessThanOrEqual(first)
    expect(to).toBeGreaterThanOrEqual(Math.min(100_000, first + 21))
  }
  expect(rowsIn(at(0), 3)).toMatchObject({ from: 0, to: 3 })
  expect(rowsIn(at(0), 0)).toMatchObject({ from: 0, to: 0 })
})

it('keeps rows where they are in the document while they are drawn', () => {
  const places = (first: number) => {
    const { from, to, size } = rowsIn(at(first), 100_000)
    return Array.from({ length: to - from }, (_, index) => (from + index) % size)
  }
  for (const first of [0, 40, 99_979]) expect(new Set(places(first)).size).toBe(places(first).length)
})

it('draws the columns in view with some on each side', () => {
  const widths = Array.from({ length: 1000 }, () => 100)
  expect(columnsIn(widths, 0, 500)).toEqual({ from: 0, to: 8, before: 0 })
  const middle = columnsIn(widths, 5000, 500)
  expect(middle.before).toBe(middle.from * 100)
  expect(middle.from).toBeLessThanOrEqual(50)
  expect(middle.to).toBeGreaterThanOrEqual(55)
  expect(middle.to - middle.from).toBeLessThan(20)
  expect(columnsIn([], 0, 500)).toEqual({ from: 0, to: 0, before: 0 })
  expect(columnsIn(widths, 1e9, 500).to).toBe(1000)
})

it('scrolls as little as shows a row', () => {
  const box = document.createElement('div')
  Object.defineProperty(box, 'clientHeight', { value: 360 })
  showRow(box, 3)
  expect(box.scrollTop).toBe(0)
  showRow(box, 20)
  expect(box.scrollTop).toBe(22 * 36 - 360)
  showRow(box, 2)
  expect(box.scrollTop).toBe(72)
})
