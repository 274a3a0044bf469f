import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef, useState } from 'react'

import { BareInput, Card } from '@/components'
import { count } from '@/format'

import styles from './code.module.css'

interface Props {
  title: string
  values: [string, string][]
  number?: boolean
}

const ROW = 34
const SEARCHED = 12

/** Params or metrics by name; ten thousand are as quick as ten. */
export function Values({ title, values, number = false }: Props) {
  const [text, setText] = useState('')
  const matching = useMemo(() => {
    const wanted = text.toLowerCase()
    return values
      .filter(([key, value]) => key.toLowerCase().includes(wanted) || value.toLowerCase().includes(wanted))
      .sort(([a], [b]) => a.localeCompare(b))
  }, [text, values])
  const frame = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({ count: matching.length, getScrollElement: () => frame.current, estimateSize: () => ROW, overscan: 6, initialRect: { width: 400, height: 480 } })
  return (
    <Card title={`${title} · ${count(values.length)}`} flush={values.length > 0}>
      {values.length === 0 && `No ${title.toLowerCase()} yet.`}
      {values.length > SEARCHED && (
        <div className={styles['search']}>
          <BareInput label={`Find in ${title}`} type="search" placeholder="Find a name or value" value={text} onChange={(event) => setText(event.target.value)} />
        </div>
      )}
      {values.length > 0 && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard
        <div ref={frame} className={styles['values']} role="table" aria-label={title} aria-rowcount={matching.length} tabIndex={0}>
          <div role="rowgroup" style={{ height: rows.getTotalSize() }}>
            {rows.getVirtualItems().map(({ index, start }) => {
              const [key, value] = matching[index] ?? ['', '']
              return (
                <div key={key} role="row" aria-rowindex={index + 1} className={`${styles['value']} ${number ? styles['number'] : ''}`} style={{ transform: `translateY(${start}px)` }}>
                  <span role="rowheader" title={key}>{key}</span>
                  <span role="cell" title={value}>{value}</span>
                </div>
              )
            })}
          </div>
        </div>
      )}
    </Card>
  )
}
