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
