/** The columns of the run table: which there are, which are shown at first, and what a cell says. */
import type { ReactNode } from 'react'

import { Ago, Status } from '@/components'
import { between, metric } from '@/format'

import type { Run } from './api'
import { quoteKey } from './filter'

export interface RunColumn {
  id: string
  label: string
  group: 'run' | 'metrics' | 'params' | 'tags'
  width: number
  number: boolean
  /** The field to sort by, as the filter language names it. */
  sortKey?: string
  cell: (run: Run) => ReactNode
  /** For telling whether runs differ, and for who points at a cell. */
  text: (run: Run) => string
}

const FIXED: RunColumn[] = [
  { ...fixed('status', 'Status', 112, ({ status }) => status, (run) => <Status state={run.status} />), sortKey: 'attributes.status' },
  { ...fixed('started', 'Started', 116, (run) => run.started_at, (run) => <Ago time={run.started_at} />), sortKey: 'attributes.start_time' },
  fixed('duration', 'Duration', 112, (run) => between(run.started_at, run.ended_at)),
  fixed('user', 'User', 132, (run) => run.user),
]

function fixed(id: string, label: string, width: number, text: (run: Run) => string, cell = text as (run: Run) => ReactNode) {
  return { id, label, group: 'run', width, number: false, text, cell } satisfies RunColumn
}

/** The column with an id such as "metrics.loss"; the key may have any characters. */
export function columnOf(id: string): RunColumn | null {
  const [group = '', ...rest] = id.split('.')
  const key = rest.join('.')
  if (group === 'metrics') return metricColumn(key)
  if (group === 'params' || group === 'tags') return textColumn(group, key)
  return FIXED.find((column) => column.id === id) ?? null
}

function metricColumn(key: string): RunColumn {
  const text = (run: Run) => String(run.metrics[key] ?? '')
  const cell = (run: Run) => metric(run.metrics[key])
  return { id: `metrics.${key}`, label: key, group: 'metrics', width: 120, number: true, sortKey: `metrics.${quoteKey(key)}`, cell, text }
}

function textColumn(group: 'params' | 'tags', key: string): RunColumn {
  const text = (run: Run) => run[group][key] ?? ''
  return { id: `${group}.${key}`, label: key, group, width: 120, number: false, sortKey: `${group}.${quoteKey(key)}`, cell: text, text }
}

export interface KnownKeys {
  metrics: string[]
  params: string[]
  tags: string[]
}

/** Every key that these runs have, by name. */
export function keysOf(runs: Run[]): KnownKeys {
  const sets = { metrics: new Set<string>(), params: new Set<string>(), tags: new Set<string>() }
  for (const run of runs) {
    for (const group of ['metrics', 'params', 'tags'] as const) {
      for (const key of Object.keys(run[group])) sets[group].add(key)
    }
  }
  const sorted = (set: Set<string>) => [...set].sort((a, b) => a.localeCompare(b))
  return {
    metrics: sorted(sets.metrics).filter((key) => !key.startsWith('system/')),
    params: sorted(sets.params),
    tags: sorted(sets.tags).filter((key) => !key.startsWith('mlflow.')),
  }
}

/** What all runs of the experiment have, with what these runs have: the newest may be newer than the list. */
export function mergeKeys(all: KnownKeys | undefined, here: KnownKeys): KnownKeys {
  if (!all) return here
  const merged = (group: keyof KnownKeys, hidden: string) =>
    [...new Set([...all[group].filter((key) => !hidden || !key.startsWith(hidden)), ...here[group]])].sort((a, b) => a.localeCompare(b))
  return { metrics: merged('metrics', 'system/'), params: merged('params', ''), tags: merged('tags', 'mlflow.') }
}

/** `columns` as wide as somebody made them. */
export function widened(columns: RunColumn[], widths: Record<string, number> | undefined): RunColumn[] {
  if (!widths) return columns
  return columns.map((column) => ({ ...column, width: widths[column.id] ?? column.width }))
}

/** The columns in the order in which they stand: those that are pinned first. */
export function inOrder(shown: string[], pinned: readonly string[]): string[] {
  return [...shown.filter((id) => pinned.includes(id)), ...shown.filter((id) => !pinned.includes(id))]
}

/** `columns` with `id` moved to where `target` stands. */
export function moved(columns: string[], id: string, target: string): string[] {
  const to = columns.indexOf(target)
  if (to === -1 || id === target) return columns
  const next = columns.filter((each) => each !== id)
  next.splice(to, 0, id)
  return next
}

const SHOWN = 5

/** The columns at first: the run's own, some metrics, and the params in which the runs differ. */
export function defaultColumns(runs: Run[], keys: KnownKeys): string[] {
  const differing = keys.params.filter((key) => new Set(runs.map((run) => run.params[key])).size > 1)
  return [
    ...FIXED.slice(0, 3).map(({ id }) => id),
    ...keys.metrics.slice(0, SHOWN).map((key) => `metrics.${key}`),
    ...differing.slice(0, SHOWN).map((key) => `params.${key}`),
    'user',
  ]
}

export function allColumns(keys: KnownKeys): string[] {
  return [
    ...FIXED.map(({ id }) => id),
    ...keys.metrics.map((key) => `metrics.${key}`),
    ...keys.params.map((key) => `params.${key}`),
    ...keys.tags.map((key) => `tags.${key}`),
  ]
}
