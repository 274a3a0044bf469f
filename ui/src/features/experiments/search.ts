/** What the addresses of these pages say. */

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
  /** The run that the others are measured against. */
  baseline?: string
}

const STATUSES = ['scheduled', 'running', 'finished', 'failed', 'killed'] as const
export type RunStatus = (typeof STATUSES)[number]

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function texts(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined
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
    baseline: text(search['baseline']),
  })
}

export interface CompareSearch {
  runs: string[]
  /** Shows what is equal, too. */
  all?: boolean
}

export function compareSearch(search: Record<string, unknown>): CompareSearch {
  return { runs: texts(search['runs']) ?? [], ...(search['all'] === true && { all: true }) }
}
