/** What the run table shows: its columns, the values in them, and the views that were saved of it. */
import { useQueries, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'

import { extremesQuery, keysQuery, type Run } from './api'
import { extremesKey, type Extremes, type Shown } from './cells'
import { columnOf, defaultColumns, inOrder, keysOf, mergeKeys, type RunColumn } from './columns'
import type { RunTableSearch } from './search'
import { addressOf, lastView, rememberView, viewsQuery } from './views'

const SAMPLE = 100
const NONE: string[] = []

export function useColumns(experimentId: string, search: RunTableSearch, known: Run[]) {
  const all = useQuery(keysQuery(experimentId)).data
  const keys = useMemo(() => mergeKeys(all, keysOf(known.slice(0, 2 * SAMPLE))), [all, known])
  const pinned = search.pinned ?? NONE
  const shown = inOrder(search.columns ?? defaultColumns(known.slice(0, SAMPLE), keys), pinned)
  const spelled = JSON.stringify([shown, pinned])
  const columns = useMemo(() => {
    const [ids, held] = JSON.parse(spelled) as [string[], string[]]
    const made = ids.map(columnOf).filter((column): column is RunColumn => column !== null)
    return { pinned: made.filter(({ id }) => held.includes(id)), free: made.filter(({ id }) => !held.includes(id)) }
  }, [spelled])
  return { keys, shown, pinned, columns }
}

const AT_ONCE = 200

/** The lowest and highest values of the runs that are loaded, when they are asked for. */
export function useShown(search: RunTableSearch, known: Run[], columns: RunColumn[]): Shown {
  const metrics = columns.filter(({ group }) => group === 'metrics').map(({ label }) => label)
  const ids = search.values ? known.map(({ id }) => id) : NONE
  const parts = Array.from({ length: Math.ceil(ids.length / AT_ONCE) }, (_, part) => ids.slice(part * AT_ONCE, (part + 1) * AT_ONCE))
  const answers = useQueries({ queries: parts.map((part) => extremesQuery(part, metrics)) })
  const baseline = known.find(({ id }) => id === search.baseline)
  const stamp = answers.map(({ dataUpdatedAt }) => dataUpdatedAt).join()
  return useMemo(() => {
    const extremes = new Map<string, Extremes>()
    for (const { data } of answers) data?.items.forEach((each) => extremes.set(extremesKey(each.run_id, each.key), each))
    return { values: search.values, goals: search.goals, extremes, baseline }
    // oxlint-disable-next-line react/exhaustive-deps -- `stamp` stands for the answers
  }, [baseline, search.goals, search.values, stamp])
}

/** Opens what this browser showed last when the address says nothing, and remembers what it shows now. */
export function useLastView(experimentId: string, search: RunTableSearch, onOpen: (search: RunTableSearch) => void): void {
  const views = useQuery(viewsQuery(experimentId)).data?.items
  const opened = useRef<string | null>(null)
  useEffect(() => {
    if (!views) return
    const first = opened.current !== experimentId
    opened.current = experimentId
    if (!first) rememberView(experimentId, search.saved)
    else if (Object.keys(search).length === 0) {
      const view = views.find(({ id }) => id === lastView(experimentId))
      if (view) onOpen(addressOf(view))
    }
    // oxlint-disable-next-line react/exhaustive-deps -- only another view is to be remembered, not each change
  }, [experimentId, search.saved, views])
}
