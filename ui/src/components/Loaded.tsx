import type { ReactNode } from 'react'

import { ProblemPanel, Skeleton } from './Feedback'

interface Answer<Data> {
  data: Data | undefined
  error: unknown
  refetch: () => unknown
}

interface Props<Data> {
  query: Answer<Data>
  waiting?: ReactNode
  children: (data: Data) => ReactNode
}

/** What a query brought, or the shape of it, or why it did not come. Old data stays while it fails. */
export function Loaded<Data>({ query, waiting = <Skeleton />, children }: Props<Data>) {
  if (query.data !== undefined) return children(query.data)
  if (query.error) return <ProblemPanel error={query.error} retry={() => void query.refetch()} />
  return waiting
}
