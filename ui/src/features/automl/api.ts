/** Searches for the best model of a table. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { api, data, pageOf, type Schema } from '@/api'

export type Progress = Schema['AutoMLProgress']
export type Results = Schema['AutoMLResults']
export type Entry = Schema['LeaderboardEntry']
export type Request = Schema['AutoMLRequest']

const at = (job_id: string) => ({ path: { job_id } })

export function isGoing(status: Progress['status'] | undefined): boolean {
  return status === 'queued' || status === 'running'
}

export const searchesQuery = (options: { limit?: number } = {}) =>
  infiniteQueryOptions({
    queryKey: ['searches', options],
    queryFn: ({ pageParam, signal }) =>
      data(
        api.GET('/api/v1/automl/jobs', {
          params: { query: { limit: 50, ...options, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    ...pageOf,
    refetchInterval: (query) =>
      query.state.data?.pages.some(({ items }) => items.some(({ status }) => isGoing(status))) ? 2000 : 30_000,
  })

export const searchQuery = (jobId: string) =>
  queryOptions({
    queryKey: ['search', jobId],
    queryFn: ({ signal }) => data(api.GET('/api/v1/automl/jobs/{job_id}', { params: at(jobId), signal })),
    refetchInterval: (query) => (isGoing(query.state.data?.status) ? 1000 : false),
  })

export const resultsQuery = (jobId: string, status: Progress['status'] | undefined) =>
  queryOptions({
    queryKey: ['search', jobId, 'results'],
    queryFn: ({ signal }) => data(api.GET('/api/v1/automl/jobs/{job_id}/results', { params: at(jobId), signal })),
    enabled: status === 'succeeded' || status === 'cancelled',
    staleTime: Infinity,
  })

export function useStartSearch() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: Request) => data(api.POST('/api/v1/automl/jobs', { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['searches'] }),
  })
}

export function useCancelSearch(jobId: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => data(api.POST('/api/v1/automl/jobs/{job_id}/cancel', { params: at(jobId) })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['search', jobId] }),
  })
}

export function useDeployWinner(jobId: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (name: string | null) =>
      data(api.POST('/api/v1/automl/jobs/{job_id}/deploy', { params: at(jobId) as never, body: { name } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['deployments'] }),
  })
}
