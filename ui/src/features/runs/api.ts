/** One run: what it is, its points, files, children and note. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { api, data, done, fetchRaw, pageOf, type Schema } from '@/api'

export type Run = Schema['Run']
export type History = Schema['MetricHistory']
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

export const historiesQuery = (runId: string, keys: string[], live: boolean) =>
  queryOptions({
    queryKey: ['histories', runId, keys],
    queryFn: ({ signal }) =>
      data(
        api.GET('/api/v1/runs/{run_id}/metrics', {
          params: { ...at(runId), query: { key: keys, max_points: POINTS } },
          signal,
        }),
      ),
    enabled: keys.length > 0,
    refetchInterval: live ? 10_000 : false,
    staleTime: live ? 0 : 60_000,
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
