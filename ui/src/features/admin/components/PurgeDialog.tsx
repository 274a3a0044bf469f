import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

import { Button, Dialog, Facts, Notice, ProblemPanel, ProgressBar, SelectField } from '@/components'
import { jobQuery } from '@/features/jobs'
import { bytes, count } from '@/format'

import { usePurge, type Trash } from '../api'

interface Props {
  trash: Trash
  onClose: () => void
  onDone: () => void
}

/** Asks how old, empties the trash, and tells what that freed. */
export function PurgeDialog({ trash, onClose, onDone }: Props) {
  const [days, setDays] = useState('30')
  const purge = usePurge()
  if (purge.data) return <Report jobId={purge.data.id} onClose={onClose} onDone={onDone} />
  const footer = (
    <>
      <Button onClick={onClose}>Keep it</Button>
      <Button look="danger" disabled={purge.isPending} onClick={() => purge.mutate({ trash, days: Number(days) })}>
        Delete for good
      </Button>
    </>
  )
  return (
    <Dialog open onClose={onClose} title={`Empty the trash of ${trash}`} told="Rows, points and files are gone for good, and their space is free. Runs that a model comes from stay." footer={footer}>
      <SelectField label="What is in the trash" value={days} onChange={(event) => setDays(event.target.value)}>
        <option value="30">for 30 days or longer</option>
        <option value="7">for 7 days or longer</option>
        <option value="0">all of it</option>
      </SelectField>
      {purge.error && <ProblemPanel error={purge.error} />}
    </Dialog>
  )
}

function Report({ jobId, onClose, onDone }: { jobId: string; onClose: () => void; onDone: () => void }) {
  const job = useQuery({ ...jobQuery(jobId), refetchInterval: (query) => (query.state.data?.finished_at ? false : 1000) }).data
  const ended = job?.finished_at != null
  useEffect(() => {
    if (ended) onDone()
  }, [ended, onDone])
  const result = (job?.result ?? {}) as Record<string, number>
  return (
    <Dialog open onClose={onClose} title={ended ? 'The trash is empty' : 'Emptying the trash'}>
      {!ended && <ProgressBar fraction={job?.progress.fraction} label={job?.progress.message || 'Waiting for a worker'} />}
      {!ended && <p role="status">{job?.progress.message || 'Waiting for a worker. You may close this; it goes on.'}</p>}
      {job?.error && <Notice kind="warning">{job.error.message}</Notice>}
      {ended && job.state === 'succeeded' && (
        <Facts
          items={[
            ['Runs', count(result['runs'])],
            ['Experiments', count(result['experiments'])],
            ['Points', count(result['points'])],
            ['Files', bytes(result['file_bytes'])],
            ['Rows', bytes(result['row_bytes'])],
            ['Kept for a model', count(result['kept'])],
          ]}
        />
      )}
    </Dialog>
  )
}
