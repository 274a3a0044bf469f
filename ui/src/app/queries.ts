/** What the server said, kept while it is fresh. */
import { QueryClient } from '@tanstack/react-query'

import { ApiError, onRecovery, ServerAway } from '@/api'

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5000,
      // A refusal stays one; what nobody answered is asked again when the server is back.
      retry: (failures, error) => !(error instanceof ApiError) && !(error instanceof ServerAway) && failures < 2,
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
})

onRecovery(() => void queries.invalidateQueries())
