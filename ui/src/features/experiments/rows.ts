/** The rows of the run table: pages that were read once, with the newest page laid over them. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'

import { ApiError } from '@/api'

import { freshRunsQuery, runsQuery, type Run } from './api'
import type { RunTableSearch } from './search'

/** `known` with what is newer in `fresh`; how many of `fresh` have come since. */
export function mergeRuns(known: Run[], fresh: Run[]): { runs: Run[]; arrived: number } {
  const newer = new Map(fresh.map((run) => [run.id, run]))
  const ids = new Set(known.map(({ id }) => id))
  const arrived = fresh.filter(({ id }) => !ids.has(id)).length
  return { runs: known.map((run) => newer.get(run.id) ?? run), arrived }
}

const NONE: Run[] = []

/** The last value that there was of `owner`: rows stay while a filter cannot be read. */
function useLast(value: Run[] | undefined, owner: string): Run[] | undefined {
  const [kept, setKept] = useState({ value, owner })
  const next = value ?? (kept.owner === owner ? kept.value : undefined)
  if (next !== kept.value || owner !== kept.owner) setKept({ value: next, owner })
  return next
}

export function useRows(experimentId: string, search: RunTableSearch) {
  const pages = useInfiniteQuery(runsQuery(experimentId, search))
  const fresh = useQuery({ ...freshRunsQuery(experimentId, search), enabled: pages.isSuccess })
  const read = useMemo(() => pages.data?.pages.flatMap(({ items }) => items), [pages.data])
  const filterWrong = pages.error instanceof ApiError && pages.error.status < 500
  const known = useLast(read, experimentId) ?? (filterWrong ? NONE : undefined)
  const merged = useMemo(() => mergeRuns(known ?? [], fresh.data?.items ?? []), [known, fresh.data])
  const { fetchNextPage, isFetchingNextPage, refetch } = pages
  const more = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage()
  }, [fetchNextPage, isFetchingNextPage])
  return {
    query: { data: known, error: pages.error, refetch },
    ...merged,
    /** The filter is at fault; it says so itself. */
    filterWrong,
    hasMore: pages.hasNextPage,
    more,
    showArrived: () => void refetch(),
  }
}
