import { expect, it } from 'vitest'

import { findAll, lastLines } from './lines'

it('finds every place, whatever its case', () => {
  expect(findAll(['Loss 1', 'x', 'no loss, LOSS'], 'loss')).toEqual([
    { line: 0, start: 0 },
    { line: 2, start: 3 },
    { line: 2, start: 9 },
  ])
  expect(findAll(['a'], '')).toEqual([])
})

it('shows the end of a long log, under its own numbers', () => {
  const { lines, first } = lastLines(`${Array.from({ length: 6000 }, (_, at) => at + 1).join('\n')}\n`)
  expect([first, lines[0], lines.at(-1)]).toEqual([1001, '1001', '6000'])
})
