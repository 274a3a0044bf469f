/** One run: what it is, its points, files, children and note. */
import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { address, api, data, done, fetchRaw, pageOf, type Schema } from '@/api'

export type Run = Schema['Run']
export type History = Schema['MetricHistory']
export type RunHistory = Schema['RunHistory']
export type Artifact = Schema['RunArtifact']

const at = (run_id: string) => ({ path: { run_id } })

/** A run that goes on is followed by `useLiveRun`; asking again is for when that is cut. */
export const runQuery = (runId: string) =>
  queryOptions({
    queryKey: ['run', runId],
    queryFn: ({ signal }) => data(api.GET('/api/v1/runs/{run_id}', { params: at(runId), signal })),
    refetchInterval: (query) => (query.state.data?.status === 'running' ? 10_000 : false),
  })

/** As many points as a wide chart has pixels; the extremes of each stretch are among them. */
const POINTS = 1000

/** Metrics of several runs, in one request for all of them. */
export const historiesQuery = (runIds: string[], keys: string[], live: boolean) =>
  queryOptions({
    queryKey: ['histories', runIds, keys],
    queryFn: ({ signal }) =>
      data(api.POST('/api/v1/runs/histories', { body: { run_ids: runIds, keys, max_points: POINTS }, signal })),
    enabled: keys.length > 0 && runIds.length > 0,
    refetchInterval: live ? 10_000 : false,
    staleTime: live ? 0 : 60_000,
  })

/** Data sets and logged models. */
export const relationsQuery = (runId: string) =>
  queryOptions({
    queryKey: ['relations', runId],
    queryFn: ({ signal }) => data(api.GET('/api/v1/runs/{run_id}/relations', { params: at(runId), signal })),
  })

export interface Part {
  steps?: [number, number]
  times?: [number, number]
}

/** What of a metric lies in a part of the chart, with as many points as the whole had. */
export const detailQuery = (runIds: string[], key: string, part: Part | null, live: boolean) =>
  queryOptions({
    queryKey: ['histories', runIds, key, part],
    queryFn: ({ signal }) =>
      data(api.POST('/api/v1/runs/histories', { body: { run_ids: runIds, keys: [key], max_points: POINTS, ...part }, signal })),
    enabled: part !== null,
    refetchInterval: live ? 10_000 : false,
    staleTime: live ? 0 : 60_000,
    placeholderData: keepPreviousData,
  })

/** The versions that were registered from a run. */
export const registeredQuery = (runId: string) =>
  queryOptions({
    queryKey: ['registered', runId],
    queryFn: ({ signal }) => data(api.GET('/api/v1/registered-versions', { params: { query: { run_id: runId } }, signal })),
  })

/** Below which address files can be shown in a sandbox; it lasts five minutes. */
export const previewQuery = (runId: string) =>
  queryOptions({
    queryKey: ['preview', runId],
    queryFn: async () => address((await data(api.POST('/api/v1/runs/{run_id}/previews', { params: at(runId) }))).path),
    staleTime: 4 * 60_000,
  })

export const childrenQuery = (runId: string) =>
  infiniteQueryOptions({
    queryKey: ['children', runId],
    queryFn: ({ pageParam, signal }) =>
      data(
        api.GET('/api/v1/runs/{run_id}/children', {
          params: { ...at(runId), query: { limit: 100, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    ...pageOf,
  })

export const artifactsQuery = (runId: string) =>
  infiniteQueryOptions({
    queryKey: ['artifacts', runId],
    queryFn: ({ pageParam, signal }) =>
      data(
        api.GET('/api/v1/runs/{run_id}/artifacts', {
          params: { ...at(runId), query: { limit: 1000, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    ...pageOf,
  })

export async function fetchArtifact(runId: string, path: string, signal?: AbortSignal): Promise<Blob> {
  const parts = path.split('/').map(encodeURIComponent).join('/')
  return (await fetchRaw(`/api/v1/runs/${runId}/artifacts/${parts}`, signal)).blob()
}

/** The note with the ETag that lets it be written over nobody else's words. */
export const noteQuery = (runId: string) =>
  queryOptions({
    queryKey: ['note', runId],
    queryFn: async ({ signal }) => {
      const answer = await api.GET('/api/v1/runs/{run_id}/note', { params: at(runId), signal })
      return { content: answer.data?.content ?? '', tag: answer.response.headers.get('etag') }
    },
  })

export function useSaveNote(runId: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ content, tag }: { content: string; tag: string | null }) =>
      done(
        api.PUT('/api/v1/runs/{run_id}/note', {
          params: { ...at(runId), header: tag ? { 'if-match': tag } : {} },
          body: { content },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['note', runId] }),
  })
}

export function useRunLifecycle(runId: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (action: 'delete' | 'restore') =>
      action === 'delete'
        ? done(api.DELETE('/api/v1/runs/{run_id}', { params: at(runId) }))
        : done(api.POST('/api/v1/runs/{run_id}/restore', { params: at(runId) })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['run', runId] }),
  })
}

export function useRenameRun(runId: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (name: string) => done(api.PATCH('/api/v1/runs/{run_id}', { params: at(runId), body: { name } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['run', runId] }),
  })
}
