const BUDGET = { least: 5, most: 86_400 }

/** The form of a new search, as far as it says something else than usual. */
export interface AutomlSearch {
  dataset?: string
  target?: string
  task?: 'classification' | 'regression'
  metric?: string
  /** In seconds. */
  budget?: number
  group?: string
  time?: string
  model?: string
  /** False begins without what earlier searches found. */
  memory?: false
  /** True goes on after the list of configurations until the time is over. */
  refine?: true
}

export function automlSearch(search: Record<string, unknown>): AutomlSearch {
  const { budget, task, memory, refine } = search
  const texts = (['dataset', 'target', 'metric', 'group', 'time', 'model'] as const).flatMap((name) => {
    const value = search[name]
    return typeof value === 'string' && value !== '' ? [[name, value]] : []
  })
  return {
    ...Object.fromEntries(texts),
    ...((task === 'classification' || task === 'regression') && { task }),
    ...(memory === false && { memory }),
    ...(refine === true && { refine }),
    ...(typeof budget === 'number' && budget >= BUDGET.least && budget <= BUDGET.most && { budget: Math.round(budget) }),
  }
}

/** What a leaderboard can be sorted by. */
export const ORDERS = {
  score: 'Score',
  fit: 'Time to fit',
  predict: 'Time to predict',
  size: 'Size',
  at: 'When it was tried',
} as const
export type Order = keyof typeof ORDERS

/** What of a leaderboard is shown. */
export interface BoardSearch {
  family?: string
  sort?: Order
  /** The configuration whose parameters are shown. */
  open?: string
}

export function boardSearch(search: Record<string, unknown>): BoardSearch {
  const { family, sort, open } = search
  return {
    ...(typeof family === 'string' && family !== '' && { family }),
    ...(typeof sort === 'string' && Object.hasOwn(ORDERS, sort) && sort !== 'score' && { sort: sort as Order }),
    ...(typeof open === 'string' && open !== '' && { open }),
  }
}
