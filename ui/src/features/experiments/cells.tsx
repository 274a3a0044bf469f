/** What a cell of the run table shows: the value that was asked for, and its distance to the baseline. */
import { metric } from '@/format'

import type { Run } from './api'
import type { RunColumn } from './columns'
import { goalOf } from './goals'
import type { Goal, Values } from './search'

export interface Extremes {
  lowest: number | string
  highest: number | string
}

/** What all rows need to know beside their run. */
export interface Shown {
  values: Values | undefined
  goals: Record<string, Goal> | undefined
  /** By run and metric. */
  extremes: ReadonlyMap<string, Extremes>
  baseline: Run | undefined
}

export const extremesKey = (runId: string, metricKey: string) => `${runId} ${metricKey}`

/** The value of a metric that is asked for; undefined while it is on its way. */
export function valueOf(run: Run, key: string, shown: Shown): number | string | undefined {
  const last = run.metrics[key]
  if (!shown.values || last === undefined) return last
  const found = shown.extremes.get(extremesKey(run.id, key))
  if (!found) return undefined
  const direction = shown.values === 'best' ? goalOf(key, shown.goals) : shown.values
  return direction === 'min' ? found.lowest : found.highest
}

export interface Difference {
  text: string
  better: boolean | null
}

/** How far a run is from the baseline; null where there is nothing to compare. */
export function differenceOf(run: Run, column: RunColumn, shown: Shown): Difference | null {
  const { baseline } = shown
  if (!baseline || baseline.id === run.id || column.group !== 'metrics') return null
  const difference = Number(valueOf(run, column.label, shown) ?? Number.NaN) - Number(valueOf(baseline, column.label, shown) ?? Number.NaN)
  if (!Number.isFinite(difference)) return null
  const better = difference === 0 ? null : difference > 0 === (goalOf(column.label, shown.goals) === 'max')
  return { text: `${difference >= 0 ? '+' : ''}${metric(difference)}`, better }
}
