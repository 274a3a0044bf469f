/** The caller's own account: keys, name, password, logins, tenants. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { meQuery } from '@/access'
import { api, data, done, pageOf, type Schema } from '@/api'

export type ApiKey = Schema['ApiKey']

export const keysQuery = infiniteQueryOptions({
  queryKey: ['api-keys'],
  queryFn: ({ pageParam, signal }) =>
    data(api.GET('/api/v1/auth/api-keys', { params: { query: { limit: 100, ...(pageParam && { cursor: pageParam }) } }, signal })),
  ...pageOf,
})

export const membershipsQuery = queryOptions({
  queryKey: ['memberships'],
  queryFn: async ({ signal }) => (await data(api.GET('/api/v1/auth/memberships', { signal }))).items,
  staleTime: 60_000,
})

export const limitsQuery = queryOptions({
  queryKey: ['limits'],
  queryFn: ({ signal }) => data(api.GET('/api/v1/limits', { signal })),
  staleTime: Infinity,
})

function useChange<Variables, Answer>(queryKey: readonly unknown[], mutationFn: (variables: Variables) => Promise<Answer>) {
  const queries = useQueryClient()
  return useMutation({ mutationFn, onSuccess: () => queries.invalidateQueries({ queryKey }) })
}

export const useCreateKey = () =>
  useChange(keysQuery.queryKey, (body: Schema['ApiKeyCreate']) => data(api.POST('/api/v1/auth/api-keys', { body })))

export const useRevokeKey = () =>
  useChange(keysQuery.queryKey, (id: string) =>
    done(api.DELETE('/api/v1/auth/api-keys/{key_id}', { params: { path: { key_id: id } } })),
  )

export const useRename = () =>
  useChange(meQuery.queryKey, (name: string) => data(api.PATCH('/api/v1/auth/me', { body: { name } })))

export const useChangePassword = () =>
  useMutation({ mutationFn: (body: Schema['PasswordChange']) => done(api.POST('/api/v1/auth/password', { body })) })

/** Ends every other login of the caller's. */
export const useEndOthers = () =>
  useMutation({ mutationFn: () => done(api.DELETE('/api/v1/auth/sessions', { params: { query: { keep_current: true } } })) })
