/** The members of the tenant, what was changed by whom, what takes space, and how the installation is. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'

import { meQuery, type Role } from '@/access'
import { api, data, done, fetchRaw, pageOf, type Schema } from '@/api'

import { toFilter, type AuditSearch } from './search'

export type User = Schema['User']
export type AuditEvent = Schema['AuditEvent']
export type SystemReport = Schema['SystemReport']
export type StorageShare = Schema['StorageShare']

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

export const auditQuery = (search: AuditSearch) =>
  infiniteQueryOptions({
    queryKey: ['audit', search],
    queryFn: ({ pageParam, signal }) =>
      data(
        api.GET('/api/v1/audit', {
          params: { query: { limit: 50, ...toFilter(search), ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    ...pageOf,
  })

export const storageQuery = queryOptions({
  queryKey: ['storage'],
  queryFn: async ({ signal }) => (await data(api.GET('/api/v1/storage', { signal }))).shares,
  staleTime: 60_000,
})

export const systemQuery = queryOptions({
  queryKey: ['system'],
  queryFn: ({ signal }) => data(api.GET('/api/v1/system', { signal })),
  refetchInterval: 10_000,
})

function useUsersMutation<Variables>(mutationFn: (variables: Variables) => Promise<unknown>) {
  const queries = useQueryClient()
  return useMutation({ mutationFn, onSettled: () => queries.invalidateQueries({ queryKey: ['users'] }) })
}

export type TenantSettings = Schema['TenantSettings']

export const tenantQuery = queryOptions({
  queryKey: ['tenant'],
  queryFn: ({ signal }) => data(api.GET('/api/v1/tenant', { signal })),
})

/** Who belongs to the organisation sees the change at once. */
export function useChangeTenant() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ name = null, trash_days = null }: Partial<Schema['TenantUpdate']>) => data(api.PATCH('/api/v1/tenant', { body: { name, trash_days } })),
    onSuccess: (changed) => {
      queries.setQueryData(tenantQuery.queryKey, changed)
      return Promise.all([queries.invalidateQueries({ queryKey: meQuery.queryKey }), queries.invalidateQueries({ queryKey: ['memberships'] })])
    },
  })
}

const of = (user_id: string) => ({ params: { path: { user_id } } })

export const useAddUser = () => useUsersMutation((body: Schema['UserCreate']) => data(api.POST('/api/v1/users', { body })))

/** Shown at once; the list is read again in any case. */
export function useSetRole() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ id, role }: { id: string; role: Role }) =>
      data(api.PATCH('/api/v1/users/{user_id}/roles', { ...of(id), body: { role } })),
    onMutate: async ({ id, role }) => {
      await queries.cancelQueries({ queryKey: usersQuery.queryKey })
      queries.setQueryData(usersQuery.queryKey, (old) =>
        old && { ...old, pages: old.pages.map((page) => ({ ...page, items: page.items.map((user) => (user.id === id ? { ...user, role } : user)) })) },
      )
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['users'] }),
  })
}

export const useDeactivate = () => useUsersMutation((id: string) => done(api.DELETE('/api/v1/users/{user_id}', of(id))))

export const useActivate = () => useUsersMutation((id: string) => data(api.POST('/api/v1/users/{user_id}/activate', of(id))))

export const useResetPassword = () =>
  useMutation({
    mutationFn: ({ id, password }: { id: string; password: string }) =>
      done(api.POST('/api/v1/users/{user_id}/password', { ...of(id), body: { password } })),
  })

export const useVerification = () => useMutation({ mutationFn: () => data(api.GET('/api/v1/audit/verification')) })

/** Saves the events that fit as a file. */
export async function exportAudit(search: AuditSearch, format: 'csv' | 'jsonl'): Promise<void> {
  const query = new URLSearchParams({ ...toFilter(search), format })
  const body = await (await fetchRaw(`/api/v1/audit/export?${query.toString()}`)).blob()
  const url = URL.createObjectURL(body)
  Object.assign(document.createElement('a'), { href: url, download: `audit.${format}` }).click()
  URL.revokeObjectURL(url)
}

export type Trash = 'runs' | 'experiments'

/** Empties the trash, in the background. */
export function usePurge() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ trash, days }: { trash: Trash; days: number }) => {
      const body = { older_than_days: days }
      return data(trash === 'runs' ? api.POST('/api/v1/runs/purge', { body }) : api.POST('/api/v1/experiments/purge', { body }))
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['jobs'] }),
  })
}
