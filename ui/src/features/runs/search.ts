import { chartSearch, type ChartSearch } from '@/charts'

export const TABS = ['overview', 'charts', 'system', 'artifacts', 'code', 'data', 'logs', 'children'] as const
export type RunTab = (typeof TABS)[number]

export interface RunSearch extends ChartSearch {
  tab?: RunTab
  /** The file that is shown. */
  file?: string
}

export function runSearch(search: Record<string, unknown>): RunSearch {
  const tab = TABS.find((each) => each === search['tab'])
  const file = search['file']
  return { ...(tab && tab !== 'overview' && { tab }), ...(typeof file === 'string' && { file }), ...chartSearch(search) }
}
