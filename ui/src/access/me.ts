/** Who is logged in, and what they may do. */
import { queryOptions, useQuery } from '@tanstack/react-query'

import { api, data, type Schema } from '@/api'

export type Permission = Schema['Permission']

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => data(api.GET('/api/v1/auth/me', { signal })),
  staleTime: 60_000,
})

export function useMe(): Schema['Me'] | undefined {
  return useQuery(meQuery).data
}

/** Why the caller may not; null if they may, or while nobody knows yet. */
export function useRefusal(permission: Permission | undefined): string | null {
  const me = useMe()
  if (!me || permission === undefined || me.permissions.includes(permission)) return null
  const role = me.user.role.replaceAll('_', ' ')
  return `As ${role} you may not do this: it needs ${permission}. An administrator of ${me.tenant.name} can give you another role.`
}
