/** The caller's own API keys. */
import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { api, data, done, pageOf, type Schema } from '@/api'

export type ApiKey = Schema['ApiKey']

export const keysQuery = infiniteQueryOptions({
  queryKey: ['api-keys'],
  queryFn: ({ pageParam, signal }) =>
    data(api.GET('/api/v1/auth/api-keys', { params: { query: { limit: 100, ...(pageParam && { cursor: pageParam }) } }, signal })),
  ...pageOf,
})

function useKeysMutation<Variables, Answer>(mutationFn: (variables: Variables) => Promise<Answer>) {
  const queries = useQueryClient()
  return useMutation({ mutationFn, onSuccess: () => queries.invalidateQueries({ queryKey: ['api-keys'] }) })
}

export const useCreateKey = () =>
  useKeysMutation((body: Schema['ApiKeyCreate']) => data(api.POST('/api/v1/auth/api-keys', { body })))

export const useRevokeKey = () =>
  useKeysMutation((id: string) => done(api.DELETE('/api/v1/auth/api-keys/{key_id}', { params: { path: { key_id: id } } })))
