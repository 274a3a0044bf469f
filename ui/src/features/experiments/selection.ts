/** Which runs are selected; a range goes from the last one that was touched. */
import { useCallback, useEffect, useRef, useState } from 'react'

import type { Run } from './api'

export function useSelection(at: (index: number) => Run | undefined) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const touched = useRef<number | null>(null)
  // What is loaded changes with every page; rows that are drawn already need not hear of it.
  const runAt = useRef(at)
  useEffect(() => {
    runAt.current = at
  }, [at])
  const set = useCallback((runIds: string[], on: boolean) => {
    const changed = new Set(runIds)
    setSelected((before) => (on ? new Set([...before, ...runIds]) : new Set([...before].filter((id) => !changed.has(id)))))
  }, [])
  const select = useCallback(
    (index: number, on: boolean, range: boolean) => {
      const from = range && touched.current !== null ? touched.current : index
      touched.current = index
      const [first, last] = [Math.min(from, index), Math.max(from, index)]
      const runs = Array.from({ length: last - first + 1 }, (_, place) => runAt.current(first + place))
      set(runs.flatMap((run) => (run ? [run.id] : [])), on)
    },
    [set],
  )
  const clear = useCallback(() => setSelected(new Set()), [])
  return { selected, set, select, clear }
}
