import { ArrowDown, ArrowUp } from 'lucide-react'
import { useState } from 'react'

import { BareInput, Button, Dialog } from '@/components'

import { allColumns, columnOf, type KnownKeys } from '../columns'
import styles from './toolbar.module.css'

interface Props {
  keys: KnownKeys
  shown: string[]
  onChange: (columns: string[] | undefined) => void
  onClose: () => void
}

// A run with 10,000 keys must not make 10,000 boxes: the search narrows them down.
const LISTED = 200

/** Which columns are shown, and in which order. */
export function ColumnPicker({ keys, shown, onChange, onClose }: Props) {
  const [text, setText] = useState('')
  const others = allColumns(keys).filter((id) => !shown.includes(id))
  const matching = [...shown, ...others].filter((id) => id.toLowerCase().includes(text.toLowerCase()))
  const toggle = (id: string) =>
    onChange(shown.includes(id) ? shown.filter((each) => each !== id) : [...shown, id])
  const move = (id: string, by: number) => {
    const from = shown.indexOf(id)
    const next = shown.toSpliced(from, 1)
    next.splice(Math.max(0, from + by), 0, id)
    onChange(next)
  }
  const footer = (
    <>
      <Button look="quiet" onClick={() => onChange(undefined)}>
        As at first
      </Button>
      <Button look="primary" onClick={onClose}>
        Done
      </Button>
    </>
  )
  return (
    <Dialog open onClose={onClose} title="Columns" footer={footer}>
      <BareInput
        label="Find a column"
        type="search"
        placeholder="Find a metric, param or tag"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className={styles['choices']}>
        {matching.slice(0, LISTED).map((id) => {
          const column = columnOf(id)
          if (!column) return null
          const on = shown.includes(id)
          return (
            <div key={id} className={styles['choice']}>
              <input id={`column-${id}`} type="checkbox" checked={on} onChange={() => toggle(id)} />
              <label htmlFor={`column-${id}`}>
                {column.label} <small>{column.group}</small>
              </label>
              <span>
                {on && (
                  <>
                    <Button small look="quiet" icon={<ArrowUp />} label={`Move ${column.label} left`} onClick={() => move(id, -1)} />
                    <Button small look="quiet" icon={<ArrowDown />} label={`Move ${column.label} right`} onClick={() => move(id, 1)} />
                  </>
                )}
              </span>
            </div>
          )
        })}
        {matching.length > LISTED && <p>{matching.length - LISTED} more; find them by name.</p>}
      </div>
    </Dialog>
  )
}
