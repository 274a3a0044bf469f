import { describe, expect, it } from 'vitest'

import { byFamily, ordered, scoreRange, skippedGroups, type Trial } from './trials'

const trial = (name: string, score: number | null, fitSeconds: number | null = 1): Trial => ({ name, family: 'linear', score, error: null, fitSeconds, at: null, params: null, entry: null })

describe('ordered', () => {
  const trials = [trial('slow', 0.7, 9), trial('failed', null, null), trial('best', 0.9, 3)]
  it('puts the best first, and what has no figure last', () => expect(ordered(trials, 'score').map(({ name }) => name)).toEqual(['best', 'slow', 'failed']))
  it('puts the fastest first', () => expect(ordered(trials, 'fit').map(({ name }) => name)).toEqual(['best', 'slow', 'failed']))
})

describe('scoreRange', () => {
  it('leaves out a constant and what lies far below', () => {
    const [low, high] = scoreRange([{ family: 'baseline', score: 0.5 }, ...[0.1, 0.8, 0.81, 0.82, 0.83, 0.84].map((score) => ({ family: 'linear', score }))])
    expect(low).toBeGreaterThan(0.79)
    expect(high).toBeGreaterThan(0.84)
  })
  it('has a width when all are alike or there are none', () => {
    for (const [low, high] of [scoreRange([{ score: 0 }]), scoreRange([{ family: 'baseline', score: 0.5 }]), scoreRange([])]) expect(high).toBeGreaterThan(low)
  })
})

it('adds up what families took and had', () => {
  const points = [
    { family: 'linear', fit_seconds: 1, score: 0.8 },
    { family: 'forest', fit_seconds: 5, score: null },
    { family: 'linear', fit_seconds: 2, score: 0.9 },
  ]
  expect(byFamily(points)).toEqual([
    { family: 'forest', trials: 1, seconds: 5, best: null },
    { family: 'linear', trials: 2, seconds: 3, best: 0.9 },
  ])
})

it('groups what has no score by its reason, whatever the figures in it, the most promising first', () => {
  const entry = (name: string, reason: string) => ({ name, family: 'forest', reason })
  const groups = skippedGroups([
    entry('a', 'ValueError: row 3 is odd'),
    entry('b', 'it needs about 3.2 s and 1.0 s are left'),
    entry('c', 'it needs about 9.2 s and 0.4 s are left'),
    entry('d', 'it took 900 MB of memory, more than the 500 MB of a trial'),
    entry('e', 'ValueError: row 14 is odd'),
    entry('f', 'it needs about 5 s and 0.1 s are left'),
    { ...entry('g', 'it scored 0.7 on 1 of 5 folds, others promised more, and the time budget was used up'), expected: 0.71 },
    { ...entry('h', 'it scored 0.8 on 1 of 5 folds, others promised more, and the time budget was used up'), expected: 0.79 },
  ])
  expect(groups.map(({ advice, entries }) => [advice, entries.map(({ name }) => name).join('')])).toEqual([
    ['time', 'bcf'],
    [null, 'hg'],
    [null, 'ae'],
    ['memory', 'd'],
  ])
})
