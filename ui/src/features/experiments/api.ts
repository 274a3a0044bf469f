/** Experiments and their runs: what is read, and what can be done to many runs at once. */
import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { api, data, done, fetchRaw, pageOf, type Page, type Schema } from '@/api'

import { toFilter } from './filter'
import { PAGE, type PageStart } from './places'
import type { RunTableSearch } from './search'

export type Experiment = Schema['Experiment']
export type Run = Schema['Run']
export type Comparison = Schema['RunComparison']

const keys = {
  experiments: ['experiments'] as const,
  experiment: (id: string) => ['experiment', id] as const,
}

const LISTED = 100

export function experimentsQuery(options: { name?: string; view?: 'active' | 'deleted'; limit?: number } = {}) {
  const { name = '', view = 'active', limit = LISTED } = options
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

export function filterOf({ filter, status, view, sort, asc }: RunTableSearch) {
  return {
    filter: toFilter(filter ?? '', status),
    order_by: sort ? [`${sort} ${asc ? 'ASC' : 'DESC'}`] : [],
    view: view ?? ('active' as const),
  }
}

async function fetchRuns(id: string, search: RunTableSearch, start: PageStart, signal: AbortSignal) {
  const body = { ...filterOf(search), experiment_ids: [Number(id)], limit: PAGE, ...start }
  return (await data(api.POST('/api/v1/runs/search', { body, signal }))).items
}

/** How many runs there are, and where each page begins: so the table can be entered at any place. */
export const placesQuery = (id: string, search: RunTableSearch) =>
  queryOptions({
    queryKey: ['places', id, filterOf(search)],
    queryFn: ({ signal }) =>
      data(api.POST('/api/v1/runs/places', { body: { ...filterOf(search), experiment_ids: [Number(id)] }, signal })),
    staleTime: Infinity,
    gcTime: 60_000,
  })

/** Page `number` stays as it was read; what changes in it comes by itself, and nothing jumps. */
export const pageQuery = (id: string, search: RunTableSearch, number: number, start: PageStart | null) =>
  queryOptions({
    queryKey: ['runs', id, filterOf(search), number, number > 0 && start],
    queryFn: async ({ signal }) => ({ number, items: await fetchRuns(id, search, start ?? NOWHERE, signal) }),
    enabled: start !== null,
    staleTime: Infinity,
    gcTime: 60_000,
    // While a filter is being written, the rows of the last good one stay.
    ...(number === 0 && { placeholderData: keepPreviousData }),
  })

const NOWHERE: PageStart = { cursor: null, skip: 0 }

/** The newest page, again and again: what has come since is counted, not shown. */
export const freshRunsQuery = (id: string, search: RunTableSearch) =>
  queryOptions({
    queryKey: ['fresh', id, filterOf(search)],
    queryFn: async ({ signal }) => ({ items: await fetchRuns(id, search, NOWHERE, signal) }),
    refetchInterval: 15_000,
  })

/** The keys of all runs of an experiment. */
export const keysQuery = (id: string) =>
  queryOptions({
    queryKey: ['keys', id],
    queryFn: ({ signal }) =>
      data(api.GET('/api/v1/experiments/{experiment_id}/keys', { params: { path: { experiment_id: Number(id) } }, signal })),
    staleTime: 60_000,
  })

export const groupsQuery = (id: string, search: RunTableSearch, by: string[], metrics: string[]) =>
  queryOptions({
    queryKey: ['groups', id, filterOf(search), by, metrics],
    queryFn: ({ signal }) => {
      const { filter, view } = filterOf(search)
      const body = { experiment_ids: [Number(id)], filter, view, by, metrics: metrics.slice(0, 20), limit: 500 }
      return data(api.POST('/api/v1/runs/groups', { body, signal }))
    },
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  })

/** The first runs of a group. */
export const membersQuery = (id: string, search: RunTableSearch) =>
  queryOptions({
    queryKey: ['members', id, filterOf(search)],
    queryFn: ({ signal }) => fetchRuns(id, search, NOWHERE, signal),
  })

export const extremesQuery = (runIds: string[], metrics: string[]) =>
  queryOptions({
    queryKey: ['extremes', runIds, metrics],
    queryFn: ({ signal }) =>
      data(api.POST('/api/v1/runs/extremes', { body: { run_ids: runIds, keys: metrics.slice(0, 20) }, signal })),
    enabled: runIds.length > 0 && metrics.length > 0,
    staleTime: 30_000,
  })

export const importanceQuery = (experimentIds: number[], filter: string, metric: string) =>
  queryOptions({
    queryKey: ['importance', experimentIds, filter, metric],
    queryFn: ({ signal }) =>
      data(api.POST('/api/v1/runs/importance', { body: { experiment_ids: experimentIds, filter, view: 'active', metric }, signal })),
    enabled: metric !== '',
    staleTime: 30_000,
  })

export const comparisonQuery = (runIds: string[]) =>
  queryOptions({
    queryKey: ['comparison', runIds],
    queryFn: async ({ signal }) => {
      const found = await data(api.POST('/api/v1/runs/compare', { body: { run_ids: runIds }, signal }))
      // What the machines did stands on the pages of the runs.
      return { ...found, metrics: found.metrics.filter(({ key }) => !key.startsWith('system/')) }
    },
    enabled: runIds.length > 0,
    refetchInterval: (query) =>
      query.state.data?.runs.some(({ status }) => status === 'running') ? 5000 : false,
  })

function useRunsMutation<Variables>(mutationFn: (variables: Variables) => Promise<unknown>) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn,
    onSettled: () =>
      Promise.all(['runs', 'places', 'fresh', 'groups', 'members'].map((kind) => queries.invalidateQueries({ queryKey: [kind] }))),
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
