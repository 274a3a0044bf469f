import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useState, type FormEvent } from 'react'

import { ActionButton } from '@/access'
import { Button, TextField } from '@/components'
import { InputFields, type Hint, type SignatureColumn } from '@/features/deployments'

import styles from './explain.module.css'

/** A row of the data set by its number. */
export function PickRow({ dataset, row, onRow }: { dataset: string; row: number | undefined; onRow: (row: number) => void }) {
  const [text, setText] = useState(String(row ?? 0))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onRow(Number(text))
  }
  return (
    <form className={styles['pick']} onSubmit={submit}>
      <TextField label={`Row of ${dataset}, counted from 0`} type="number" min={0} step={1} required value={text} onChange={(event) => setText(event.target.value)} />
      <div className={styles['choices']}>
        <ActionButton permission="job:submit" type="submit">
          Explain this row
        </ActionButton>
        {row !== undefined && (
          <>
            <Button icon={<ChevronLeft />} label="The row before" disabled={row === 0} onClick={() => onRow(row - 1)} />
            <Button icon={<ChevronRight />} label="The next row" onClick={() => onRow(row + 1)} />
          </>
        )}
      </div>
    </form>
  )
}

const FIRST = 12

interface TypeProps {
  inputs: SignatureColumn[]
  hints: Hint[]
  /** The columns that matter most first. */
  order: string[]
  /** What stands in the form at first. */
  texts: Record<string, string>
  open: boolean
  onAsk: (texts: Record<string, string>) => void
}

/** A row as a form: of a wide table the columns that matter, and the others on demand. */
export function TypeRow({ inputs, hints, order, texts: first, open, onAsk }: TypeProps) {
  const [texts, setTexts] = useState(first)
  const [all, setAll] = useState(inputs.length <= FIRST + 3)
  const place = new Map(order.map((name, index) => [name, index]))
  const sorted = inputs.toSorted((a, b) => (place.get(a.name) ?? Infinity) - (place.get(b.name) ?? Infinity) || 0)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onAsk(texts)
  }
  return (
    <details className={styles['typed']} open={open}>
      <summary>Or type a row</summary>
      <form onSubmit={submit}>
        <InputFields inputs={all ? sorted : sorted.slice(0, FIRST)} hints={hints} texts={texts} onChange={setTexts} />
        {!all && (
          <p className={styles['quiet']}>
            These matter most; the other {inputs.length - FIRST} columns keep the values of {open ? 'this row' : 'the example'}.{' '}
            <Button look="quiet" small onClick={() => setAll(true)}>
              Show all {inputs.length}
            </Button>
          </p>
        )}
        <ActionButton permission="job:submit" look="primary" type="submit">
          Explain
        </ActionButton>
      </form>
    </details>
  )
}
