/** How charts are drawn, as an address says it. */

/** Steps, seconds from the first point, or the hour of the clock. */
export type XAxis = 'step' | 'relative' | 'time'

export interface ChartSearch {
  x?: XAxis
  /** From 0 to 0.98. */
  smooth?: number
  log?: boolean
  /** A part of a metric's name. */
  find?: string
}

const AXES: XAxis[] = ['relative', 'time']

export function chartSearch(search: Record<string, unknown>): ChartSearch {
  const x = AXES.find((each) => each === search['x'])
  const smooth = search['smooth']
  return {
    ...(x && { x }),
    ...(typeof smooth === 'number' && smooth > 0 && smooth < 1 && { smooth }),
    ...(search['log'] === true && { log: true }),
    ...(typeof search['find'] === 'string' && search['find'] !== '' && { find: search['find'] }),
  }
}
