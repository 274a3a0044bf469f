/** The trials of a search, as a leaderboard and a timeline show them. */
import type { Entry, Progress, Results } from './api'
import type { Order } from './search'

export interface Trial {
  name: string
  family: string
  /** Greater is better. */
  score: number | null
  error: number | null
  fitSeconds: number | null
  /** Seconds since the search began when it was finished. */
  at: number | null
  /** Null where they were not kept. */
  params: Entry['params'] | null
  /** What is known once the search has ended. */
  entry: Entry | null
}

export type Point = NonNullable<Results['history']>[number]

/** What a search that goes on has found, best first. */
export function liveTrials({ leaderboard }: Pick<Progress, 'leaderboard'>): Trial[] {
  return leaderboard.map(({ name, family = '', score, standard_error: error, fit_seconds: fit, at, params }) => ({
    name,
    family,
    score: score ?? null,
    error: error ?? null,
    fitSeconds: fit ?? null,
    at: at ?? null,
    params: params ?? null,
    entry: null,
  }))
}

/** All that an ended search has tried, best first. */
export function finalTrials({ leaderboard, history = [] }: Results): Trial[] {
  const finished = new Map(history.map(({ name, at }) => [name, at]))
  return leaderboard.map((entry) => ({
    name: entry.name,
    family: entry.family,
    score: entry.score,
    error: entry.standard_error,
    fitSeconds: entry.fit_seconds,
    at: finished.get(entry.name) ?? null,
    params: entry.params,
    entry,
  }))
}

/** The models whose predictions a stacked one reads beside the columns. */
export function readsOf({ params }: Pick<Trial, 'params'>): string[] {
  const reads = params?.['reads']
  return Array.isArray(reads) ? reads.filter((name) => typeof name === 'string') : []
}

/** Finished trials in the order of time; families are told by the leaderboard where the history is from before it told them. */
export function pointsOf(history: Point[], trials: Trial[]): Point[] {
  if (history.every(({ family }) => family)) return history
  const known = new Map(trials.map((trial) => [trial.name, trial]))
  return history.map((point) => ({ ...point, family: known.get(point.name)?.family ?? '', fit_seconds: known.get(point.name)?.fitSeconds ?? null }))
}

const KEYS: Record<Order, (trial: Trial) => number | null> = {
  score: ({ score }) => (score === null ? null : -score),
  fit: ({ fitSeconds }) => fitSeconds,
  predict: ({ entry }) => entry?.predict_ms_per_1000 ?? null,
  size: ({ entry }) => entry?.size_bytes ?? null,
  at: ({ at }) => at,
}

/** The best, fastest, smallest or first one on top; what has no such figure comes last. */
export function ordered(trials: Trial[], order: Order): Trial[] {
  const key = KEYS[order]
  return trials.toSorted((a, b) => (key(a) ?? Infinity) - (key(b) ?? Infinity) || 0)
}

/** What each family had and took, the one that took most first. */
export function byFamily(points: Pick<Point, 'family' | 'fit_seconds' | 'score'>[]) {
  const families = new Map<string, { family: string; trials: number; seconds: number; best: number | null }>()
  for (const { family = '', fit_seconds: seconds, score } of points) {
    const one = families.get(family) ?? { family, trials: 0, seconds: 0, best: null }
    one.trials += 1
    one.seconds += seconds ?? 0
    if (score !== null && (one.best === null || score > one.best)) one.best = score
    families.set(family, one)
  }
  return [...families.values()].toSorted((a, b) => b.seconds - a.seconds)
}

/** The stretch of scores worth drawing: a constant and what failed badly would press all others into a line. */
export function scoreRange(trials: { family?: string; score: number | null }[]): [number, number] {
  const real = trials.filter(({ family }) => family !== 'baseline')
  const scores = (real.length > 0 ? real : trials).flatMap(({ score }) => (score === null ? [] : [score])).toSorted((a, b) => a - b)
  const [least, most] = [scores[0] ?? 0, scores.at(-1) ?? 1]
  const quarter = (share: number) => scores[Math.round((scores.length - 1) * share)] ?? least
  const fence = scores.length < 4 ? least : quarter(0.25) - 1.5 * (quarter(0.75) - quarter(0.25))
  const low = scores.find((score) => score >= fence) ?? least
  const space = (most - low) * 0.08 || Math.abs(most) * 0.05 || 1
  return [low - space, most + space]
}

type Skipped = Results['skipped'][number]

export interface SkippedGroup {
  why: string
  /** What would let them have a score. */
  advice: 'time' | 'memory' | null
  entries: Skipped[]
}

const REASONS: [RegExp, string, SkippedGroup['advice']][] = [
  [/others promised more/, 'Looked at, others promised more', null],
  [/time budget was used up/, 'The time was used up', 'time'],
  [/are left$/, 'More time than was left would have been needed', 'time'],
  [/was not done after/, 'Not done after their share of the time', 'time'],
  [/memory/i, 'More memory than a trial may take', 'memory'],
  [/search was stopped/, 'The search was stopped', null],
]

/** What has no score by why, the most frequent reason first; figures in reasons make no reason of their own. */
export function skippedGroups(entries: SkippedGroup['entries']): SkippedGroup[] {
  const groups = new Map<string, SkippedGroup>()
  for (const entry of entries.toSorted((a, b) => (b.expected ?? -Infinity) - (a.expected ?? -Infinity) || 0)) {
    const known = REASONS.find(([pattern]) => pattern.test(entry.reason))
    const why = known?.[1] ?? entry.reason
    const key = why.replaceAll(/\d+([.,]\d+)*/g, '#')
    const group = groups.get(key) ?? { why, advice: known?.[2] ?? null, entries: [] }
    group.entries.push(entry)
    groups.set(key, group)
  }
  return [...groups.values()].toSorted((a, b) => b.entries.length - a.entries.length)
}
