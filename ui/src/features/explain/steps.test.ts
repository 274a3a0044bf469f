import { describe, expect, it } from 'vitest'

import { labelOf, pushes, signed, walk } from './steps'

const contribution = (column: string, effect: number) => ({ column, effect, value: 1, error: null, rule: null })

describe('walk', () => {
  it('goes from the average to the prediction, each bar where the one before ended', () => {
    const { steps, base, end } = walk(10, [contribution('a', 6), contribution('b', -4)])
    expect(steps.map(({ from, to }) => [from, to])).toEqual([
      [0, 1],
      [1, 2 / 6],
    ])
    expect([base, end]).toEqual([0, 2 / 6])
  })

  it('tells the rest as one step that ends at the prediction', () => {
    const many = Array.from({ length: 14 }, (_, index) => contribution(`c${index}`, 1))
    const { steps, end } = walk(0, many, 10)
    expect(steps).toHaveLength(11)
    expect(steps.at(-1)).toMatchObject({ label: '4 others', effect: 4, to: end })
  })

  it('stands in the middle where nothing has an effect', () => {
    expect(walk(3, [contribution('a', 0)]).steps[0]).toMatchObject({ from: 0.5, to: 0.5 })
  })
})

describe('labels', () => {
  it.each([
    [{ value: 38.123456 }, 'age = 38.123'],
    [{ value: null }, 'age is missing'],
    [{ value: 'male' }, 'age = male'],
    [{ value: 38, rule: '30 < age <= 40' }, '30 < age <= 40'],
  ])('shows %o as %s', (given, shown) => expect(labelOf({ column: 'age', effect: 1, error: null, rule: null, ...given })).toBe(shown))

  it('writes a sign before every effect', () => expect([signed(0.12345), signed(-2), signed(30_012)]).toEqual(['+0.123', '−2', '+30,000']))
})

it('sets the greatest pushes beside each other, and tells the small ones as one', () => {
  const small = Array.from({ length: 5 }, (_, index) => contribution(`s${index}`, 0.1))
  expect(pushes([contribution('a', 6), ...small, contribution('b', -4), contribution('c', 3), contribution('d', -0.1), contribution('e', 0)])).toEqual([
    { label: '5 others', effect: expect.closeTo(0.5) as number },
    { label: 'c', effect: 3 },
    { label: 'a', effect: 6 },
    { label: 'b', effect: -4 },
    { label: 'd', effect: -0.1 },
  ])
})
