import { CirclePause, CirclePlay } from 'lucide-react'

import { ActionButton } from '@/access'
import { tell, tellProblem } from '@/components'

import { useStart, useStop, type Deployment } from '../api'

/** Stop while it answers; start again when it does not. */
export function StopStart({ deployment: { name, state } }: { deployment: Deployment }) {
  const stop = useStop(name)
  const start = useStart(name)
  const again = () => start.mutate(undefined, { onSuccess: () => tell(`${name} answers.`), onError: tellProblem })
  if (state === 'ready') {
    const pause = () =>
      stop.mutate(undefined, {
        onSuccess: () => tell(`${name} is stopped: who asks it is refused.`, again),
        onError: tellProblem,
      })
    return <ActionButton permission="deployment:write" icon={<CirclePause />} disabled={start.isPending} onClick={pause}>Stop</ActionButton>
  }
  const loading = start.isPending || state === 'starting'
  return (
    <ActionButton permission="deployment:write" look="primary" icon={<CirclePlay />} disabled={loading || stop.isPending} onClick={again}>
      {loading ? 'Loading the model…' : 'Start'}
    </ActionButton>
  )
}
