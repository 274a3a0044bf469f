/** Registered models and their versions. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { api, data, done, pageOf, type Schema } from '@/api'

export type Model = Schema['Model']
export type ModelVersion = Schema['ModelVersion']
export type Stage = Schema['Stage']
export const STAGES: Stage[] = ['None', 'Staging', 'Production', 'Archived']

export const modelsQuery = (options: { search?: string; order?: Schema['ModelOrder']; limit?: number } = {}) =>
  infiniteQueryOptions({
    queryKey: ['models', options],
    queryFn: ({ pageParam, signal }) =>
      data(
        api.GET('/api/v1/models', {
          params: { query: { limit: 100, ...options, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    ...pageOf,
  })

export const modelQuery = (name: string) =>
  queryOptions({
    queryKey: ['model', name],
    queryFn: ({ signal }) => data(api.GET('/api/v1/models/{name}', { params: { path: { name } }, signal })),
  })

export const versionsQuery = (name: string) =>
  infiniteQueryOptions({
    queryKey: ['model', name, 'versions'],
    queryFn: ({ pageParam, signal }) =>
      data(
        api.GET('/api/v1/models/{name}/versions', {
          params: { path: { name }, query: { limit: 100, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    ...pageOf,
  })

export const versionQuery = (name: string, version: string | number) =>
  queryOptions({
    queryKey: ['model', name, 'version', String(version)],
    queryFn: ({ signal }) =>
      data(
        api.GET('/api/v1/models/{name}/versions/{version}', {
          params: { path: { name, version: String(version) as never } },
          signal,
        }),
      ),
  })

export const historyQuery = (name: string) =>
  queryOptions({
    queryKey: ['model', name, 'history'],
    queryFn: ({ signal }) =>
      data(api.GET('/api/v1/models/{name}/history', { params: { path: { name }, query: { limit: 50 } }, signal })),
  })

function useModelMutation<Variables>(name: string, mutationFn: (variables: Variables) => Promise<unknown>) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn,
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['model', name] }),
        queries.invalidateQueries({ queryKey: ['models'] }),
      ]),
  })
}

const of = (name: string, version: number) => ({ params: { path: { name, version: String(version) as never } } })

export const useSetStage = (name: string) =>
  useModelMutation(name, ({ version, stage }: { version: number; stage: Stage }) =>
    done(
      api.POST('/api/v1/models/{name}/versions/{version}/stage', {
        ...of(name, version),
        body: { stage, archive_existing: stage === 'Production' },
      }),
    ),
  )

export const useSetAlias = (name: string) =>
  useModelMutation(name, ({ alias, version }: { alias: string; version: number | null }) =>
    version === null
      ? done(api.DELETE('/api/v1/models/{name}/aliases/{alias}', { params: { path: { name, alias } } }))
      : done(api.PUT('/api/v1/models/{name}/aliases/{alias}', { params: { path: { name, alias } }, body: { version } })),
  )

/** The search that a version's run belongs to, by the run's tag. */
export const searchOfRunQuery = (runId: string | null) =>
  queryOptions({
    queryKey: ['run', runId, 'search'],
    queryFn: async ({ signal }) => {
      const run = await data(api.GET('/api/v1/runs/{run_id}', { params: { path: { run_id: runId ?? '' } }, signal }))
      return run.tags['maestro.job_id'] ?? null
    },
    enabled: runId !== null,
    retry: false,
  })

export const compareQuery = (name: string, versions: number[]) =>
  queryOptions({
    queryKey: ['model', name, 'compare', versions],
    queryFn: ({ signal }) =>
      data(
        api.GET('/api/v1/models/{name}/compare', {
          params: { path: { name }, query: { version: versions.map(String) } },
          signal,
        }),
      ),
  })

export const useDescribe = (name: string) =>
  useModelMutation(name, (body: { description?: string; tags?: Record<string, string> }) =>
    done(api.PATCH('/api/v1/models/{name}', { params: { path: { name } }, body: body as Schema['ModelUpdate'] })),
  )

export const useDescribeVersion = (name: string) =>
  useModelMutation(name, ({ version, ...body }: { version: number; description?: string; tags?: Record<string, string> }) =>
    done(api.PATCH('/api/v1/models/{name}/versions/{version}', { ...of(name, version), body: body as Schema['VersionUpdate'] })),
  )

export const useDeleteModel = (name: string) =>
  useModelMutation<void>(name, () => done(api.DELETE('/api/v1/models/{name}', { params: { path: { name } } })))

export const useDeleteVersion = (name: string) =>
  useModelMutation(name, (version: number) => done(api.DELETE('/api/v1/models/{name}/versions/{version}', of(name, version))))
