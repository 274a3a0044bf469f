/** Saved views: what a table shows under a name, kept on the server for everybody. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { api, data, done, type Schema } from '@/api'

import { runTableSearch, type RunTableSearch } from './search'

export type RunView = Schema['RunView']

export const viewsQuery = (experimentId: string) =>
  queryOptions({
    queryKey: ['run-views', experimentId],
    queryFn: ({ signal }) =>
      data(api.GET('/api/v1/experiments/{experiment_id}/views', { params: { path: { experiment_id: Number(experimentId) } }, signal })),
    staleTime: 30_000,
  })

function useViewsMutation<Variables, Result>(experimentId: string, mutationFn: (variables: Variables) => Promise<Result>) {
  const queries = useQueryClient()
  return useMutation({ mutationFn, onSettled: () => queries.invalidateQueries({ queryKey: ['run-views', experimentId] }) })
}

export const useCreateView = (experimentId: string) =>
  useViewsMutation(experimentId, (body: { name: string; state: RunTableSearch }) =>
    data(api.POST('/api/v1/experiments/{experiment_id}/views', { params: { path: { experiment_id: Number(experimentId) } }, body: { ...body, state: stateOf(body.state) } })),
  )

export const useUpdateView = (experimentId: string) =>
  useViewsMutation(experimentId, ({ id, state }: { id: string; state: RunTableSearch }) =>
    data(api.PATCH('/api/v1/run-views/{view_id}', { params: { path: { view_id: id } }, body: { state: stateOf(state) } })),
  )

export const useDeleteView = (experimentId: string) =>
  useViewsMutation(experimentId, (id: string) => done(api.DELETE('/api/v1/run-views/{view_id}', { params: { path: { view_id: id } } })))

/** What of an address belongs to a view: all but the view's own name. */
export function stateOf({ saved: _saved, ...state }: RunTableSearch): Record<string, unknown> {
  return { ...state }
}

/** The address that shows `view`. */
export function addressOf(view: RunView): RunTableSearch {
  return { ...runTableSearch(view.state), saved: view.id }
}

/** Whether the table no longer shows what the view says. */
export function isChanged(view: RunView, search: RunTableSearch): boolean {
  return spell(stateOf(runTableSearch(view.state))) !== spell(stateOf(search))
}

function spell(state: Record<string, unknown>): string {
  return JSON.stringify(Object.entries(state).sort(([a], [b]) => (a < b ? -1 : 1)))
}

const remembered = (experimentId: string) => `maestro.view.${experimentId}`

/** The view that this browser showed last. */
export const lastView = (experimentId: string): string | null => localStorage.getItem(remembered(experimentId))

export function rememberView(experimentId: string, viewId: string | undefined): void {
  if (viewId) localStorage.setItem(remembered(experimentId), viewId)
  else localStorage.removeItem(remembered(experimentId))
}
