export const ORDERS = { created: 'Newest', updated: 'Last changed', name: 'Name', rows: 'Most rows', bytes: 'Largest' } as const
export type Order = keyof typeof ORDERS

export interface DatasetsSearch {
  q?: string
  order?: Order
  view?: 'trash'
}

export function datasetsSearch(search: Record<string, unknown>): DatasetsSearch {
  const { q, order, view } = search
  return {
    ...(typeof q === 'string' && q !== '' && { q }),
    ...(typeof order === 'string' && order in ORDERS && { order: order as Order }),
    ...(view === 'trash' && { view: 'trash' as const }),
  }
}

export const TABS = ['preview', 'correlations', 'versions', 'lineage'] as const
export type Tab = (typeof TABS)[number]

export interface DatasetSearch {
  tab?: Tab
  version?: number
  /** The first row of the preview, from 0. */
  from?: number
  /** The two versions that are compared. */
  compare?: [number, number]
}

const isWhole = (value: unknown, least: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= least

export function datasetSearch(search: Record<string, unknown>): DatasetSearch {
  const { tab, version, from, compare } = search
  const known = TABS.find((each) => each === tab)
  const [before, after] = Array.isArray(compare) ? (compare as unknown[]) : []
  return {
    ...(known && { tab: known }),
    ...(isWhole(version, 1) && { version }),
    ...(isWhole(from, 1) && { from }),
    ...(isWhole(before, 1) && isWhole(after, 1) && { compare: [before, after] }),
  }
}
