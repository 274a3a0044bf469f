import { useState } from 'react'

import { Button, Dialog, ProblemPanel, tell, TextField } from '@/components'
import { plural } from '@/format'

import { useTagRuns } from '../api'
import styles from './toolbar.module.css'

export function TagDialog({ runIds, onClose, onDone }: { runIds: string[]; onClose: () => void; onDone: () => void }) {
  const [key, setKey] = useState('')
  const [value, setValue] = useState('')
  const tag = useTagRuns()
  const told = plural(runIds.length, 'run')
  const save = () =>
    tag.mutate(
      { run_ids: runIds, tags: { [key]: value === '' ? null : value } },
      {
        onSuccess: () => {
          tell(`${told} tagged.`)
          onClose()
          onDone()
        },
      },
    )
  const footer = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button look="primary" disabled={key.trim() === '' || tag.isPending} onClick={save}>
        {value === '' ? 'Remove tag' : 'Set tag'}
      </Button>
    </>
  )
  return (
    <Dialog open onClose={onClose} title={`Tag ${told}`} told="Without a value the tag is removed." footer={footer}>
      <div className={styles['two']}>
        <TextField label="Tag" value={key} maxLength={250} onChange={(event) => setKey(event.target.value)} />
        <TextField label="Value" value={value} maxLength={8000} onChange={(event) => setValue(event.target.value)} />
      </div>
      {tag.error && <ProblemPanel error={tag.error} />}
    </Dialog>
  )
}
