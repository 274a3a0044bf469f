import { useEffect, useId, useState, type KeyboardEvent } from 'react'

import { ApiError } from '@/api'
import { BareInput } from '@/components'

import type { KnownKeys } from '../columns'
import { faultOf } from '../fault'
import { completions, toFilter } from '../filter'
import styles from './filter.module.css'

interface Props {
  value: string
  keys: KnownKeys
  error: unknown
  onChange: (value: string) => void
}

/** A filter that can be read is asked for at once; one in the making gets time to be finished. */
const PAUSE_MS = { whole: 40, unfinished: 300 }

/** A filter with completion; what the server cannot read is said below it, and the rows stay. */
export function FilterInput({ value, keys, error, onChange }: Props) {
  // What is being typed; the address has it after a pause.
  const [typed, setTyped] = useState<string | null>(null)
  const [chosen, setChosen] = useState<number | null>(null)
  const [open, setOpen] = useState(false)
  const id = useId()
  const text = typed ?? value
  const offers = open ? completions(text, keys) : []

  useEffect(() => {
    if (typed === null) return undefined
    const filter = toFilter(typed)
    const pause = filter && faultOf(filter) ? PAUSE_MS.unfinished : PAUSE_MS.whole
    const timer = setTimeout(() => {
      onChange(typed)
      setTyped(null)
    }, pause)
    return () => clearTimeout(timer)
  }, [onChange, typed])

  const type = (next: string) => {
    setTyped(next)
    setOpen(true)
    setChosen(null)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const picked = chosen === null ? undefined : offers[chosen]
    if (event.key === 'ArrowDown') setChosen(chosen === null ? 0 : Math.min(offers.length - 1, chosen + 1))
    else if (event.key === 'ArrowUp') setChosen(chosen === null || chosen === 0 ? null : chosen - 1)
    else if (event.key === 'Escape' && open) setOpen(false)
    else if ((event.key === 'Enter' || event.key === 'Tab') && picked) type(picked.whole)
    else {
      if (event.key === 'Enter') setOpen(false)
      return
    }
    event.preventDefault()
  }
  const wrong = error instanceof ApiError && error.status < 500 ? error.message : null
  return (
    <div className={styles['box']} onBlur={() => setOpen(false)}>
      <BareInput
        id="run-filter"
        label="Filter of runs"
        role="combobox"
        aria-expanded={offers.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={chosen === null ? undefined : `${id}-${chosen}`}
        aria-invalid={wrong !== null}
        aria-describedby={wrong ? `${id}-wrong` : undefined}
        spellCheck={false}
        autoComplete="off"
        placeholder="A part of the name, or metrics.loss < 0.3 and params.model = 'lgbm'"
        value={text}
        onChange={(event) => type(event.target.value)}
        onFocus={() => setOpen(true)}
        onKeyDown={onKeyDown}
      />
      {offers.length > 0 && (
        <div id={`${id}-list`} role="listbox" aria-label="What may come next" className={styles['list']}>
          {offers.map((offer, index) => (
            <div
              key={offer.text}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === chosen}
              className={styles['option']}
              onMouseDown={(event) => {
                event.preventDefault()
                type(offer.whole)
              }}
            >
              {offer.text}
            </div>
          ))}
        </div>
      )}
      {wrong && (
        <div id={`${id}-wrong`} role="alert" className={styles['wrong']}>
          <Marked text={toFilter(text)} />
          {wrong}
        </div>
      )}
    </div>
  )
}

/** The filter with what cannot stand where it stands. */
function Marked({ text }: { text: string }) {
  const fault = faultOf(text)
  if (!fault) return null
  return (
    <code className={styles['marked']}>
      {text.slice(0, fault.start)}
      <mark>{text.slice(fault.start, fault.end) || '…'}</mark>
      {text.slice(fault.end)}
    </code>
  )
}
