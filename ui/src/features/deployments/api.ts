/** Models that answer predictions. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { api, authorized, address, data, done, pageOf, refusal, type Schema } from '@/api'

export type Deployment = Schema['Deployment']
export type Prediction = Schema['Prediction']
export type Row = Record<string, string | number | boolean | null>

export const deploymentsQuery = (options: { limit?: number } = {}) =>
  infiniteQueryOptions({
    queryKey: ['deployments', options],
    queryFn: ({ pageParam, signal }) =>
      data(
        api.GET('/api/v1/deployments', {
          params: { query: { limit: 100, ...options, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    ...pageOf,
    refetchInterval: (query) =>
      query.state.data?.pages.some(({ items }) => items.some(({ state }) => state === 'starting')) ? 1500 : false,
  })

export const deploymentQuery = (name: string) =>
  queryOptions({
    queryKey: ['deployment', name],
    queryFn: ({ signal }) => data(api.GET('/api/v1/deployments/{name}', { params: { path: { name } }, signal })),
    refetchInterval: (query) => (query.state.data?.state === 'starting' ? 1500 : false),
  })

function useDeploymentMutation<Variables, Answer>(mutationFn: (variables: Variables) => Promise<Answer>) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn,
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['deployments'] }),
        queries.invalidateQueries({ queryKey: ['deployment'] }),
      ]),
  })
}

export const useDeploy = () =>
  useDeploymentMutation((body: { name: string; model: string; version: number }) =>
    data(api.POST('/api/v1/deployments', { body: { ...body, alias: null, idle_seconds: null } })),
  )

export const useSwitch = (name: string) =>
  useDeploymentMutation((body: { model: string; version: number }) =>
    data(
      api.PATCH('/api/v1/deployments/{name}', {
        params: { path: { name } },
        body: { ...body, alias: null, idle_seconds: null },
      }),
    ),
  )

/** Stops at once, as far as one can see; starts when the model has been loaded. */
export function useStop(name: string) {
  const queries = useQueryClient()
  const { queryKey } = deploymentQuery(name)
  return useMutation({
    mutationFn: () => data(api.POST('/api/v1/deployments/{name}/stop', { params: { path: { name } } })),
    onMutate: async () => {
      await queries.cancelQueries({ queryKey, exact: true })
      const before = queries.getQueryData(queryKey)
      if (before) queries.setQueryData(queryKey, { ...before, state: 'stopped', error: null })
      return before
    },
    onError: (_error, _nothing, before) => queries.setQueryData(queryKey, before),
    onSettled: () => Promise.all([queries.invalidateQueries({ queryKey: ['deployments'] }), queries.invalidateQueries({ queryKey })]),
  })
}

export const useStart = (name: string) =>
  useDeploymentMutation(() => data(api.POST('/api/v1/deployments/{name}/start', { params: { path: { name } } })))

type Log = Schema['DeploymentLog']

/** The log so far, read on from its last line; a gateway that was restarted begins anew. */
export const logQuery = (name: string, versionId: string) =>
  queryOptions({
    queryKey: ['deployment-log', name, versionId],
    queryFn: async ({ signal, client, queryKey }) => {
      const known = client.getQueryData<Log>(queryKey)
      const params = { path: { name }, query: { after: known?.next ?? 0 } }
      return withMore(known, await data(api.GET('/api/v1/deployments/{name}/logs', { params, signal })))
    },
    refetchInterval: 2000,
    retry: false,
  })

export function withMore(known: Log | undefined, more: Log): Log {
  if (!known || (more.lines[0]?.seq ?? Infinity) <= known.next) return more
  return { ...more, lines: [...known.lines, ...more.lines].slice(-MOST_LINES) }
}

const MOST_LINES = 2000

export const figuresQuery = (name: string) =>
  queryOptions({
    queryKey: ['deployment', name, 'figures'],
    queryFn: ({ signal }) => data(api.GET('/api/v1/deployments/{name}/figures', { params: { path: { name } }, signal })),
    refetchInterval: 10_000,
    retry: false,
  })

export const useRemoveDeployment = () =>
  useDeploymentMutation((name: string) => done(api.DELETE('/api/v1/deployments/{name}', { params: { path: { name } } })))

/** One prediction, and the milliseconds that the browser waited for it. */
export function usePredict(name: string) {
  return useMutation({
    mutationFn: async (rows: Row[]) => {
      const started = performance.now()
      const answer = await authorized(
        new Request(address(`/api/v1/deployments/${encodeURIComponent(name)}/predict`), {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ inputs: rows }),
        }),
      )
      if (!answer.ok) throw await refusal(answer)
      const prediction = (await answer.json()) as Prediction
      return { prediction, milliseconds: performance.now() - started }
    },
  })
}
