/** What the addresses of these pages say. */
import { chartSearch, type ChartSearch } from '@/charts'

/** The bounds of a column's width, in px. */
export const NARROWEST = 48
export const WIDEST = 1200

export interface RunTableSearch {
  /** MLflow's filter language, or a part of the name. */
  filter?: string
  status?: RunStatus
  view?: 'deleted'
  /** A field such as metrics.loss; without one the latest start comes first. */
  sort?: string
  asc?: boolean
  /** Columns in their order; without any, those that tell the runs apart. */
  columns?: string[]
  /** Those of the columns that stay beside the name. */
  pinned?: string[]
  /** Columns that were made wider or narrower, in px; "name" is the run's own. */
  widths?: Record<string, number>
  /** The run that the others are measured against. */
  baseline?: string
  /** Fields whose values put runs together: params.model, tags.team, attributes.status. */
  group?: string[]
  /** Which of a metric's values is shown; without it the last. */
  values?: Values
  /** For metrics whose name does not tell it: which direction is better. */
  goals?: Record<string, Goal>
  /** The saved view that was opened. */
  saved?: string
}

const STATUSES = ['scheduled', 'running', 'finished', 'failed', 'killed'] as const
export type RunStatus = (typeof STATUSES)[number]

const VALUES = ['best', 'min', 'max'] as const
export type Values = (typeof VALUES)[number]
export type Goal = 'min' | 'max'

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function texts(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined
}

function some(value: unknown): string[] | undefined {
  const found = texts(value)
  return found && found.length > 0 ? found : undefined
}

function goals(value: unknown): Record<string, Goal> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const known = Object.entries(value).filter((entry): entry is [string, Goal] => entry[1] === 'min' || entry[1] === 'max')
  return known.length > 0 ? Object.fromEntries(known) : undefined
}

function widths(value: unknown): Record<string, number> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const known = Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number' && entry[1] >= NARROWEST && entry[1] <= WIDEST)
  return known.length > 0 ? Object.fromEntries(known) : undefined
}

function filled<Fields extends object>(fields: { [Key in keyof Fields]: Fields[Key] | undefined }): Partial<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Fields>
}

export function runTableSearch(search: Record<string, unknown>): RunTableSearch {
  return filled<RunTableSearch>({
    filter: text(search['filter']),
    status: STATUSES.find((status) => status === search['status']),
    view: search['view'] === 'deleted' ? 'deleted' : undefined,
    sort: text(search['sort']),
    asc: search['asc'] === true ? true : undefined,
    columns: texts(search['columns']),
    pinned: some(search['pinned']),
    widths: widths(search['widths']),
    baseline: text(search['baseline']),
    group: some(search['group']),
    values: VALUES.find((values) => values === search['values']),
    goals: goals(search['goals']),
    saved: text(search['saved']),
  })
}

export interface CompareSearch extends ChartSearch {
  runs: string[]
  /** Shows what is equal, too. */
  all?: boolean
  /** The chart below the table. */
  chart?: 'parallel' | 'scatter' | 'contour' | 'box' | 'importance'
  /** What charts show along x, along y, and as colour or group. */
  along?: string
  up?: string
  by?: string
}

const CHARTS = ['parallel', 'scatter', 'contour', 'box', 'importance'] as const

export function compareSearch(search: Record<string, unknown>): CompareSearch {
  const fields = filled<CompareSearch>({
    runs: texts(search['runs']) ?? [],
    all: search['all'] === true ? true : undefined,
    chart: CHARTS.find((chart) => chart === search['chart']),
    along: text(search['along']),
    up: text(search['up']),
    by: text(search['by']),
    ...chartSearch(search),
  } as CompareSearch)
  return { runs: [], ...fields }
}
