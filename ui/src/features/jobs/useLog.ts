import { useEffect, useState } from 'react'

import { fetchLog } from './api'

const PAUSE_MS = 1000

/** What a job has printed so far; goes on until it ends. */
export function useLog(jobId: string): { text: string; complete: boolean; error: unknown } {
  const [log, setLog] = useState({ text: '', complete: false, error: null as unknown })
  useEffect(() => {
    const stop = new AbortController()
    let timer: ReturnType<typeof setTimeout>
    let text = ''
    const read = async (after: number) => {
      try {
        const { chunks, next, complete } = await fetchLog(jobId, after, stop.signal)
        text += chunks.map((chunk) => chunk.text).join('')
        setLog({ text, complete, error: null })
        if (!complete) timer = setTimeout(() => void read(next), chunks.length > 0 ? 0 : PAUSE_MS)
      } catch (error) {
        if (stop.signal.aborted) return
        setLog({ text, complete: false, error })
        timer = setTimeout(() => void read(after), 5 * PAUSE_MS)
      }
    }
    void read(0)
    return () => {
      stop.abort()
      clearTimeout(timer)
    }
  }, [jobId])
  return log
}
