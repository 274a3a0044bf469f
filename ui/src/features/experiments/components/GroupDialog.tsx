import { useMemo, useState } from 'react'

import { BareInput, Button, Dialog } from '@/components'

import type { KnownKeys } from '../columns'
import styles from './picker.module.css'

interface Props {
  keys: KnownKeys
  chosen: string[]
  onChange: (by: string[] | undefined) => void
  onClose: () => void
}

const MOST = 3
const LISTED = 100

/** By what runs are put together: up to three params, tags or attributes. */
export function GroupDialog({ keys, chosen, onChange, onClose }: Props) {
  const [text, setText] = useState('')
  const fields = useMemo(
    () => ['attributes.status', 'attributes.user_id', ...keys.params.map((key) => `params.${key}`), ...keys.tags.map((key) => `tags.${key}`)],
    [keys],
  )
  const matching = [...chosen, ...fields.filter((field) => !chosen.includes(field))].filter((field) => field.toLowerCase().includes(text.toLowerCase()))
  const toggle = (field: string) => {
    const next = chosen.includes(field) ? chosen.filter((each) => each !== field) : [...chosen, field]
    onChange(next.length > 0 ? next : undefined)
  }
  const footer = (
    <>
      <Button look="quiet" onClick={() => onChange(undefined)}>
        No groups
      </Button>
      <Button look="primary" onClick={onClose}>
        Done
      </Button>
    </>
  )
  return (
    <Dialog open onClose={onClose} title="Group runs" told="Seeds, folds and repeats become one row, with the mean of each metric and its 95 % interval." footer={footer}>
      <BareInput label="Find a field" type="search" placeholder="Find a param or tag" value={text} onChange={(event) => setText(event.target.value)} />
      <div className={styles['fields']} role="group" aria-label="Fields">
        {matching.slice(0, LISTED).map((field) => (
          <label key={field}>
            <input type="checkbox" checked={chosen.includes(field)} disabled={!chosen.includes(field) && chosen.length >= MOST} onChange={() => toggle(field)} />
            {field}
          </label>
        ))}
        {matching.length > LISTED && <p>{matching.length - LISTED} more; find them by name.</p>}
      </div>
    </Dialog>
  )
}
