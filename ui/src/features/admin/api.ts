/** The members of the tenant, and what was changed by whom. */
import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { api, data, done, pageOf, type Schema } from '@/api'

export type User = Schema['User']
export type Role = Schema['Role']
export type AuditEvent = Schema['AuditEvent']

export const ROLES: [Role, string][] = [
  ['viewer', 'Viewer: sees all, changes nothing'],
  ['data_scientist', 'Data scientist: data, experiments, models'],
  ['ml_engineer', 'ML engineer: deploys and deletes, too'],
  ['tenant_admin', 'Administrator of this organisation'],
  ['admin', 'Administrator of the installation'],
]

export const usersQuery = infiniteQueryOptions({
  queryKey: ['users'],
  queryFn: ({ pageParam, signal }) =>
    data(api.GET('/api/v1/users', { params: { query: { limit: 100, ...(pageParam && { cursor: pageParam }) } }, signal })),
  ...pageOf,
})

export const auditQuery = (filter: { action?: string; subject_id?: string }) =>
  infiniteQueryOptions({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam, signal }) =>
      data(
        api.GET('/api/v1/audit', {
          params: { query: { limit: 50, ...filter, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    ...pageOf,
  })

function useUsersMutation<Variables>(mutationFn: (variables: Variables) => Promise<unknown>) {
  const queries = useQueryClient()
  return useMutation({ mutationFn, onSuccess: () => queries.invalidateQueries({ queryKey: ['users'] }) })
}

export const useAddUser = () => useUsersMutation((body: Schema['UserCreate']) => data(api.POST('/api/v1/users', { body })))

export const useSetRole = () =>
  useUsersMutation(({ id, role }: { id: string; role: Role }) =>
    data(api.PATCH('/api/v1/users/{user_id}/roles', { params: { path: { user_id: id } }, body: { role } })),
  )

export const useDeactivate = () =>
  useUsersMutation((id: string) => done(api.DELETE('/api/v1/users/{user_id}', { params: { path: { user_id: id } } })))

export const useVerification = () =>
  useMutation({ mutationFn: () => data(api.GET('/api/v1/audit/verification')) })
