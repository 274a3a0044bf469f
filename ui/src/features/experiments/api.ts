/** Experiments and their runs: what is read, and what can be done to many runs at once. */
import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { api, data, done, fetchRaw, pageOf, type Page, type Schema } from '@/api'

import { toFilter } from './filter'
import type { RunTableSearch } from './search'

export type Experiment = Schema['Experiment']
export type Run = Schema['Run']
export type Comparison = Schema['RunComparison']

const keys = {
  experiments: ['experiments'] as const,
  experiment: (id: string) => ['experiment', id] as const,
  runs: (id: string, search: RunTableSearch) => ['runs', id, filterOf(search)] as const,
}

/** A page's size: more than a tall screen shows, less than is felt on a phone. */
const PAGE = 100

export function experimentsQuery(options: { name?: string; view?: 'active' | 'deleted'; limit?: number } = {}) {
  const { name = '', view = 'active', limit = PAGE } = options
  return infiniteQueryOptions({
    queryKey: [...keys.experiments, name, view, limit],
    queryFn: async ({ pageParam, signal }) => {
      const query = new URLSearchParams({ view, limit: String(limit), ...(name && { name }) })
      if (pageParam) query.set('cursor', pageParam)
      const answer = await fetchRaw(`/api/v1/experiments?${query}`, signal)
      return (await answer.json()) as Page<Experiment>
    },
    ...pageOf,
  })
}

export const experimentQuery = (experimentId: string) =>
  queryOptions({
    queryKey: keys.experiment(experimentId),
    queryFn: ({ signal }) =>
      data(
        api.GET('/api/v1/experiments/{experiment_id}', {
          params: { path: { experiment_id: Number(experimentId) } },
          signal,
        }),
      ),
  })

function filterOf({ filter, status, view, sort, asc }: RunTableSearch) {
  return {
    filter: toFilter(filter ?? '', status),
    order_by: sort ? [`${sort} ${asc ? 'ASC' : 'DESC'}`] : [],
    view: view ?? ('active' as const),
  }
}

async function fetchRuns(id: string, search: RunTableSearch, cursor: string | null, signal: AbortSignal) {
  const body = { ...filterOf(search), experiment_ids: [Number(id)], limit: PAGE, cursor, skip: 0 }
  return data(api.POST('/api/v1/runs/search', { body, signal }))
}

export const runsQuery = (id: string, search: RunTableSearch) =>
  infiniteQueryOptions({
    queryKey: keys.runs(id, search),
    queryFn: ({ pageParam, signal }) => fetchRuns(id, search, pageParam, signal),
    ...pageOf,
    // The newest page is asked for again below; the others stay until somebody asks.
    staleTime: Infinity,
    // While a filter is being written, the rows of the last good one stay.
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  })

/** The newest page, again and again: what runs now changes in place, and nothing jumps. */
export const freshRunsQuery = (id: string, search: RunTableSearch) =>
  queryOptions({
    queryKey: ['fresh', ...keys.runs(id, search)],
    queryFn: ({ signal }) => fetchRuns(id, search, null, signal),
    refetchInterval: 4000,
  })

export const comparisonQuery = (runIds: string[]) =>
  queryOptions({
    queryKey: ['comparison', runIds],
    queryFn: ({ signal }) => data(api.POST('/api/v1/runs/compare', { body: { run_ids: runIds }, signal })),
    enabled: runIds.length > 0,
    refetchInterval: (query) =>
      query.state.data?.runs.some(({ status }) => status === 'running') ? 5000 : false,
  })

function useRunsMutation<Variables>(mutationFn: (variables: Variables) => Promise<unknown>) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn,
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['runs'] }),
        queries.invalidateQueries({ queryKey: ['fresh'] }),
      ]),
  })
}

export const useDeleteRuns = () =>
  useRunsMutation((runIds: string[]) => done(api.POST('/api/v1/runs/bulk-delete', { body: { run_ids: runIds } })))

export const useRestoreRuns = () =>
  useRunsMutation((runIds: string[]) => done(api.POST('/api/v1/runs/bulk-restore', { body: { run_ids: runIds } })))

export const useTagRuns = () =>
  useRunsMutation((body: Schema['RunsTagging']) => done(api.POST('/api/v1/runs/bulk-tag', { body })))

export const usePurgeRuns = () =>
  useRunsMutation((runIds: string[]) =>
    data(api.POST('/api/v1/runs/purge', { body: { run_ids: runIds, older_than_days: null } })),
  )

export function useCreateExperiment() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (name: string) => data(api.POST('/api/v1/experiments', { body: { name, tags: {} } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.experiments }),
  })
}

export function useDeleteExperiment() {
  const queries = useQueryClient()
  const at = (experiment_id: number) => ({ params: { path: { experiment_id } } })
  return useMutation({
    mutationFn: ({ id, restore }: { id: number; restore?: boolean }) =>
      restore
        ? done(api.POST('/api/v1/experiments/{experiment_id}/restore', at(id)))
        : done(api.DELETE('/api/v1/experiments/{experiment_id}', at(id))),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.experiments }),
  })
}
