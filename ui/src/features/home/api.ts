/** What happened lately, whatever it happened to. */
import { queryOptions } from '@tanstack/react-query'

import { api, data, type Schema } from '@/api'

export type RecentRun = Schema['RecentRun']
export type Change = Schema['Change']

export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: ({ signal }) => data(api.GET('/api/v1/overview', { params: { query: { limit: 8 } }, signal })),
  refetchInterval: 10_000,
})
