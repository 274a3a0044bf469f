import { describe, expect, it } from 'vitest'

import { ago, between, bytes, metric, plural, span } from '.'

describe('metric', () => {
  it.each([
    [0.123456789, '0.12346'],
    [0, '0'],
    [1234567, '1,234,567'],
    [0.00001234, '1.234e-5'],
    [12345.678, '12346'],
    ['NaN', 'NaN'],
    [null, '–'],
  ])('shows %s as %s', (value, shown) => expect(metric(value)).toBe(shown))
})

describe('times', () => {
  const now = Date.parse('2026-05-01T12:00:00Z')
  it.each([
    ['2026-05-01T11:57:00Z', '3 min. ago'],
    ['2026-05-01T11:59:40Z', 'just now'],
    ['2026-04-30T12:00:00Z', 'yesterday'],
    ['2026-05-01T12:00:20Z', 'just now'],
  ])('tells %s as %s, and never a time to come', (time, told) => expect(ago(time, now)).toBe(told))

  it.each([
    [0.0042, '4 ms'],
    [3.42, '3.4 s'],
    [59.97, '1 min 0 s'],
    [90, '1 min 30 s'],
    [4320, '1 h 12 min'],
    [200_000, '2 d 7 h'],
  ])('shows %d seconds as %s', (seconds, shown) => expect(span(seconds)).toBe(shown))

  it('counts a run that goes on until now', () => {
    expect(between('2026-05-01T11:59:00Z', null, now)).toBe('1 min 0 s')
    expect(between(null, null, now)).toBe('–')
  })
})

it('counts bytes and things', () => {
  expect([bytes(999), bytes(1500), bytes(230e6)]).toEqual(['999 B', '1.5 kB', '230 MB'])
  expect([plural(1, 'run'), plural(1200, 'run')]).toEqual(['1 run', '1,200 runs'])
})
