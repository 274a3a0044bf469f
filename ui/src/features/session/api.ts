/** The ways in, and registering. */
import { queryOptions } from '@tanstack/react-query'

import { api, data, logIn, type Schema } from '@/api'

export const methodsQuery = queryOptions({
  queryKey: ['login-methods'],
  queryFn: ({ signal }) => data(api.GET('/api/v1/auth/methods', { signal })),
  staleTime: Infinity,
})

/** Makes an account with a tenant of its own, and logs in. */
export async function register(body: Schema['Registration']): Promise<void> {
  await data(api.POST('/api/v1/auth/register', { body }))
  await logIn({ email: body.email, password: body.password })
}
