import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

import { follow } from '@/api'

import { jobQuery } from './api'

/** What a job has printed so far, as it prints it; keeps the job itself up to date, too. */
export function useLog(jobId: string): { text: string; complete: boolean } {
  const queries = useQueryClient()
  const [log, setLog] = useState({ text: '', complete: false })
  useEffect(
    () =>
      follow('job', jobId, (message) => {
        if (message.type === 'job') queries.setQueryData(jobQuery(jobId).queryKey, message.job)
        if (message.type === 'log') {
          const added = message.chunks.map(({ text }) => text).join('')
          setLog(({ text }) => ({ text: text + added, complete: message.complete }))
        }
      }),
    [jobId, queries],
  )
  return log
}
