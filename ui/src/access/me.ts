/** Who is logged in, and what they may do. */
import { queryOptions, useQuery } from '@tanstack/react-query'

import { api, data, type Schema } from '@/api'

export type Permission = Schema['Permission']
export type Role = Schema['Role']

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => data(api.GET('/api/v1/auth/me', { signal })),
  staleTime: 60_000,
})

/** What each role permits, from the least to the most. */
export const rolesQuery = queryOptions({
  queryKey: ['roles'],
  queryFn: async ({ signal }) => (await data(api.GET('/api/v1/roles', { signal }))).items,
  staleTime: Infinity,
})

export function useMe(): Schema['Me'] | undefined {
  return useQuery(meQuery).data
}

const NAMES: Record<Role, string> = {
  viewer: 'viewer',
  data_scientist: 'data scientist',
  ml_engineer: 'ML engineer',
  tenant_admin: 'administrator',
  admin: 'administrator of the installation',
}

/** A role in words. */
export function roleName(role: Role): string {
  return NAMES[role]
}

/** Why the caller may not, and who may; null if they may, or while nobody knows yet. */
export function useRefusal(permission: Permission | undefined): string | null {
  const me = useMe()
  const refused = me !== undefined && permission !== undefined && !me.permissions.includes(permission)
  const roles = useQuery({ ...rolesQuery, enabled: refused }).data
  if (!refused) return null
  const least = roles?.find(({ permissions }) => permissions.includes(permission))
  const who = least ? `, which comes with the role ${roleName(least.role)}` : ''
  return `As ${roleName(me.user.role)} you may not do this: it needs ${permission}${who}. An administrator of ${me.tenant.name} can give you that role.`
}
