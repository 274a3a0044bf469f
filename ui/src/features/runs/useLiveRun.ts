import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'

import { follow } from '@/api'

import { runQuery } from './api'

/** At most one reading of the charts in this time, however fast points come. */
const PAUSE_MS = 1000

/** Keeps a run and its charts as they are on the server, while it goes on. */
export function useLiveRun(runId: string, live: boolean): void {
  const queries = useQueryClient()
  useEffect(() => {
    if (!live) return undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    const reread = () => {
      timer ??= setTimeout(() => {
        timer = undefined
        void queries.invalidateQueries({ queryKey: ['histories', [runId]] })
        void queries.invalidateQueries(runQuery(runId))
      }, PAUSE_MS)
    }
    const stop = follow('run', runId, (message) => {
      if (message.type === 'run') queries.setQueryData(runQuery(runId).queryKey, message.run)
      else reread()
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [live, queries, runId])
}
