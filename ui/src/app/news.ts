/** News for the caller: fetched now and then, and at once when a job of theirs ends. */
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'

import { api, data, done, follow, type Schema } from '@/api'
import { tell } from '@/components'
import { kindName } from '@/features/jobs'

export type News = Schema['Notification']
export type NewsList = Schema['Notifications']

export const newsQuery = queryOptions({
  queryKey: ['notifications'],
  queryFn: ({ signal }) => data(api.GET('/api/v1/notifications', { signal })),
  refetchInterval: 30_000,
})

/** "AutoML search has failed". */
export function headline({ kind, name, state }: News): string {
  if (kind === 'job') return `${kindName(name)} has ${state === 'lost' ? 'been lost' : state}`
  return kind === 'run' ? `The run ${name} has failed` : `The deployment ${name} broke`
}

const keyOf = ({ kind, id, at }: News) => `${kind} ${id} ${at}`

export function useNews() {
  const queries = useQueryClient()
  const query = useQuery(newsQuery)
  const { items, going } = query.data ?? {}
  const told = useRef<Set<string> | null>(null)
  useEffect(() => {
    if (!items) return
    // What was there when the page was opened is no surprise.
    const first = told.current === null
    told.current ??= new Set()
    for (const each of items) {
      if (!first && !each.read && !told.current.has(keyOf(each))) tell(`${headline(each)}.`)
      told.current.add(keyOf(each))
    }
  }, [items])
  const wanted = (going ?? []).join(' ')
  useEffect(() => {
    const ends = wanted.split(' ').filter(Boolean).map((id) =>
      follow('job', id, (message) => {
        if (message.type !== 'job' || message.job.finished_at === null) return
        void queries.invalidateQueries({ queryKey: newsQuery.queryKey })
        void queries.invalidateQueries({ queryKey: ['jobs'] })
      }),
    )
    return () => {
      for (const end of ends) end()
    }
  }, [wanted, queries])
  return query
}

/** Everything so far has been seen; shown so at once. */
export function useMarkRead() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (until: string) => done(api.POST('/api/v1/notifications/read', { body: { until } })),
    onMutate: async () => {
      await queries.cancelQueries({ queryKey: newsQuery.queryKey })
      queries.setQueryData(newsQuery.queryKey, (old) => old && { ...old, unread: 0, items: old.items.map((each) => ({ ...each, read: true })) })
    },
    onError: () => queries.invalidateQueries({ queryKey: newsQuery.queryKey }),
  })
}
