import { useNavigate } from '@tanstack/react-router'
import { Ban, RotateCcw } from 'lucide-react'

import { ActionButton } from '@/access'
import { tell, tellProblem } from '@/components'

import { canRetry, isGoing, useCancelJob, useRetryJob, type Job } from '../api'
import { kindName } from '../kinds'

/** Cancel while it goes, retry when it did not succeed. */
export function JobActions({ job, small = false }: { job: Job; small?: boolean }) {
  const navigate = useNavigate()
  const cancel = useCancelJob()
  const retry = useRetryJob()
  const again = () =>
    retry.mutate(job.id, {
      onSuccess: ({ id }) => {
        tell(`The ${kindName(job.kind)} is done again.`)
        void navigate({ to: '/jobs/$jobId', params: { jobId: id } })
      },
      onError: tellProblem,
    })
  const look = small ? { small, look: 'quiet' as const } : {}
  if (isGoing(job.state)) {
    const word = job.cancel_requested_at ? 'Stopping…' : 'Cancel'
    return (
      <ActionButton
        permission="job:cancel"
        look="danger"
        icon={<Ban />}
        {...look}
        {...(small && { label: word })}
        disabled={job.cancel_requested_at !== null || cancel.isPending}
        onClick={() => cancel.mutate(job.id, { onError: tellProblem })}
      >
        {!small && word}
      </ActionButton>
    )
  }
  if (!canRetry(job)) return null
  return (
    <ActionButton permission="job:submit" icon={<RotateCcw />} {...look} {...(small && { label: 'Retry' })} disabled={retry.isPending} onClick={again}>
      {!small && 'Retry'}
    </ActionButton>
  )
}
