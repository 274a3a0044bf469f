/** Searches for the best model of a table. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'

import { api, ApiError, data, done, follow, pageOf, type Schema } from '@/api'

export type Progress = Schema['AutoMLProgress']
export type Results = Schema['AutoMLResults']
export type Entry = Schema['LeaderboardEntry']
export type Request = Schema['AutoMLRequest']
export type Report = Schema['ModelReport']
export type Start = Schema['StartOrigin']
export type Ledger = Schema['ValueLedger']
export type PastSearch = Schema['PastSearch']

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

// The WebSocket says when to look again; this is for the time that it is away.
const POLL_MS = 5000

export const searchQuery = (jobId: string) =>
  queryOptions({
    queryKey: ['search', jobId, 'progress'],
    queryFn: ({ signal }) => data(api.GET('/api/v1/automl/jobs/{job_id}', { params: at(jobId), signal })),
    refetchInterval: (query) => (isGoing(query.state.data?.status) ? POLL_MS : false),
  })

/** Keeps the search's progress as new as the server's, by its job's live updates. */
export function useLiveSearch(jobId: string, going: boolean): void {
  const queries = useQueryClient()
  useEffect(() => {
    if (!going) return undefined
    return follow('job', jobId, (message) => {
      if (message.type === 'job') void queries.invalidateQueries({ queryKey: searchQuery(jobId).queryKey })
    })
  }, [queries, jobId, going])
}

export const resultsQuery = (jobId: string, status: Progress['status'] | undefined) =>
  queryOptions({
    queryKey: ['search', jobId, 'results'],
    queryFn: ({ signal }) => data(api.GET('/api/v1/automl/jobs/{job_id}/results', { params: at(jobId), signal })),
    enabled: status === 'succeeded' || status === 'cancelled',
    staleTime: Infinity,
  })

/** What beginning with earlier searches is worth. */
export const ledgerQuery = queryOptions({
  queryKey: ['searches', 'ledger'],
  queryFn: ({ signal }) => data(api.GET('/api/v1/automl/ledger', { signal })),
})

/** The searches that later ones learn from, the newest first. */
export const pastSearchesQuery = infiniteQueryOptions({
  queryKey: ['searches', 'past'],
  queryFn: ({ pageParam, signal }) =>
    data(api.GET('/api/v1/automl/history', { params: { query: { limit: 50, ...(pageParam && { cursor: pageParam }) } }, signal })),
  ...pageOf,
})

/** Erases what a search left for later ones. */
export function useForgetSearch() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (search_id: string) => done(api.DELETE('/api/v1/automl/history/{search_id}', { params: { path: { search_id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['searches'] }),
  })
}

/** How the winner did on rows it was not trained on; null for searches from before that was kept. */
export const reportQuery = (name: string, version: number) =>
  queryOptions({
    queryKey: ['model', name, 'report', version],
    queryFn: async ({ signal }) => {
      try {
        const path = { name, version: String(version) }
        return await data(api.GET('/api/v1/models/{name}/versions/{version}/report', { params: { path }, signal }))
      } catch (error) {
        if (error instanceof ApiError && error.code === 'registry.report_not_found') return null
        throw error
      }
    },
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

/** Registers the winner's version under an alias: what deployments and scripts name. */
export function useNameWinner(name: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ alias, version }: { alias: string; version: number }) =>
      data(api.PUT('/api/v1/models/{name}/aliases/{alias}', { params: { path: { name, alias } }, body: { version } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['model', name] }),
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
