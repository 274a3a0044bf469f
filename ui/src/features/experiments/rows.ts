/** The rows of the run table: pages from any place, with what happens now laid over them. */
import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'

import { ApiError, follow } from '@/api'

import { freshRunsQuery, pageQuery, placesQuery, type Run } from './api'
import { PAGE, reachable, startOf } from './places'
import type { RunTableSearch } from './search'

/** How many of `fresh`, which are in the table's order, come before what the table begins with. */
export function countArrived(fresh: Run[], known: ReadonlySet<string>): number {
  const first = fresh.findIndex(({ id }) => known.has(id))
  return first === -1 ? fresh.length : first
}

const QUIET_MS = 50
const CALM_MS = 250
const LIVE_MS = 700

const FIRST_PAGE = [0]

/**
 * A value that follows `next` at once after a calm, else when it has rested for a moment: who flings past
 * pages needs none of them.
 */
function useRested<Value>(next: Value): Value {
  const [rested, setRested] = useState(next)
  const changed = useRef(-Infinity)
  useEffect(() => {
    const now = performance.now()
    const calm = now - changed.current > CALM_MS
    changed.current = now
    const timer = setTimeout(() => setRested(next), calm ? 0 : QUIET_MS)
    return () => clearTimeout(timer)
  }, [next])
  return rested
}

/** What has changed in the experiment since the table was read, by run. */
function useLiveRuns(experimentId: string, owner: string, onChange: () => void) {
  const [changed, setChanged] = useState<{ owner: string; runs: ReadonlyMap<string, Run> }>({ owner, runs: new Map() })
  useEffect(() => {
    let waiting: Run[] = []
    let timer: ReturnType<typeof setTimeout> | undefined
    const flush = () => {
      timer = undefined
      const runs = waiting
      waiting = []
      setChanged((before) => ({ owner, runs: new Map([...(before.owner === owner ? before.runs : []), ...runs.map((run) => [run.id, run] as const)]) }))
      onChange()
    }
    const stop = follow('experiment', Number(experimentId), (message) => {
      // The first message says only from when on it follows.
      if (message.type === 'runs' && message.runs.length + message.gone.length === 0) return
      if (message.type === 'runs') waiting.push(...message.runs)
      timer ??= setTimeout(flush, LIVE_MS)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [experimentId, onChange, owner])
  return changed.owner === owner ? changed.runs : null
}

/** The last value that there was of `owner`: rows stay while a filter cannot be read. */
function useLast<Value>(value: Value | undefined, owner: string): Value | undefined {
  const [kept, setKept] = useState({ value, owner })
  const next = value ?? (kept.owner === owner ? kept.value : undefined)
  if (next !== kept.value || owner !== kept.owner) setKept({ value: next, owner })
  return next
}

export function useRows(experimentId: string, search: RunTableSearch) {
  const queries = useQueryClient()
  const [wanted, setWanted] = useState(FIRST_PAGE)
  const places = useQuery(placesQuery(experimentId, search))
  const first = useQuery(pageQuery(experimentId, search, 0, startOf(0, undefined)))
  const begin = useLast(first.data, experimentId)
  const read = first.isPlaceholderData ? undefined : first.data
  const fresh = useQuery({
    ...freshRunsQuery(experimentId, search),
    enabled: read !== undefined,
    // What has just been read is as new as can be.
    ...(read && { initialData: { items: read.items }, initialDataUpdatedAt: first.dataUpdatedAt }),
  })

  const count = places.data ? reachable(places.data) : (begin?.items.length ?? 0)
  const numbers = useRested(wanted)
  const pages = useQueries({
    queries: numbers
      .filter((number) => number > 0)
      .map((number) => pageQuery(experimentId, search, number, startOf(number, places.data))),
  })

  const owner = `${experimentId} ${places.dataUpdatedAt}`
  const reread = useCallback(() => void queries.invalidateQueries({ queryKey: ['fresh', experimentId] }), [experimentId, queries])
  const live = useLiveRuns(experimentId, owner, reread)

  const stamp = pages.map(({ data, dataUpdatedAt }) => data && `${data.number} ${dataUpdatedAt}`).join()
  const loaded = useMemo(() => {
    const found = new Map<number, Run[]>([[0, begin?.items ?? []]])
    pages.forEach(({ data }) => data && found.set(data.number, data.items))
    return found
    // oxlint-disable-next-line react/exhaustive-deps -- `stamp` stands for the pages, an array that is made anew each time
  }, [begin, stamp])

  const at = useCallback(
    (index: number): Run | undefined => {
      const run = loaded.get(Math.floor(index / PAGE))?.[index % PAGE]
      return run && (live?.get(run.id) ?? run)
    },
    [live, loaded],
  )
  const known = useMemo(() => [...loaded.values()].flat(), [loaded])
  const arrived = search.sort ? 0 : countArrived(fresh.data?.items ?? [], new Set(known.map(({ id }) => id)))
  const error = first.error ?? places.error ?? pages.find((page) => page.error)?.error ?? null
  return {
    count,
    places: places.data,
    at,
    known,
    arrived,
    error,
    ready: begin !== undefined,
    stale: first.isPlaceholderData,
    filterWrong: error instanceof ApiError && error.status < 500,
    onPages: setWanted,
    showArrived: () =>
      void Promise.all([
        queries.invalidateQueries({ queryKey: ['places', experimentId] }),
        queries.invalidateQueries({ queryKey: ['runs', experimentId] }),
      ]),
    retry: () => void Promise.all([first.refetch(), places.refetch()]),
  }
}
