import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef, useState } from 'react'

import { BareInput, Button, Dialog } from '@/components'
import { count } from '@/format'

import { allColumns, inOrder, moved, type KnownKeys } from '../columns'
import { ColumnChoice } from './ColumnChoice'
import styles from './picker.module.css'

interface Props {
  keys: KnownKeys
  shown: string[]
  pinned: string[]
  onChange: (columns: string[] | undefined, pinned: string[]) => void
  onClose: () => void
}

const ROW = 34

/** Which columns are shown, in which order, and which stay beside the name; as many as there may be. */
export function ColumnPicker({ keys, shown, pinned, onChange, onClose }: Props) {
  const [text, setText] = useState('')
  const [dragged, setDragged] = useState<string | null>(null)
  const order = useMemo(() => inOrder(shown, pinned), [shown, pinned])
  const matching = useMemo(() => {
    const on = new Set(order)
    const wanted = text.toLowerCase()
    const found = [...order, ...allColumns(keys).filter((id) => !on.has(id))]
    return wanted ? found.filter((id) => id.toLowerCase().includes(wanted)) : found
  }, [keys, order, text])
  const frame = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({ count: matching.length, getScrollElement: () => frame.current, estimateSize: () => ROW, overscan: 8, initialRect: { width: 400, height: 400 } })
  const toggle = (id: string) =>
    shown.includes(id)
      ? onChange(shown.filter((each) => each !== id), pinned.filter((each) => each !== id))
      : onChange([...shown, id], pinned)
  const pin = (id: string) => {
    const next = pinned.includes(id) ? pinned.filter((each) => each !== id) : [...pinned, id]
    onChange(inOrder(shown.includes(id) ? shown : [...shown, id], next), next)
  }
  const move = (id: string, target: string | undefined) => target !== undefined && onChange(moved(order, id, target), pinned)
  const metrics = matching.filter((id) => !shown.includes(id)).slice(0, 50)
  const footer = (
    <>
      <Button look="quiet" onClick={() => onChange(undefined, [])}>
        As at first
      </Button>
      {text && metrics.length > 0 && (
        <Button look="quiet" onClick={() => onChange([...shown, ...metrics], pinned)}>
          Show {metrics.length} of these
        </Button>
      )}
      <Button look="quiet" onClick={() => onChange(order.filter((id) => pinned.includes(id)), pinned)}>
        Hide all
      </Button>
      <Button look="primary" onClick={onClose}>
        Done
      </Button>
    </>
  )
  return (
    <Dialog open onClose={onClose} title="Columns" told={`${count(shown.length)} of ${count(allColumns(keys).length)} are shown. Drag to change their order.`} footer={footer}>
      <BareInput label="Find a column" type="search" placeholder="Find a metric, param or tag" value={text} onChange={(event) => setText(event.target.value)} />
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard */}
      <div ref={frame} className={styles['choices']} role="list" aria-label="Columns" tabIndex={0}>
        <div style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const id = matching[index]
            if (id === undefined) return null
            const place = order.indexOf(id)
            return (
              <ColumnChoice
                key={id}
                id={id}
                top={start}
                size={matching.length}
                place={index + 1}
                on={place !== -1}
                pinned={pinned.includes(id)}
                dragged={dragged}
                onDragged={setDragged}
                onToggle={() => toggle(id)}
                onPin={() => pin(id)}
                onDrop={(from) => move(from, id)}
                onMove={(by) => move(id, order[place + by])}
              />
            )
          })}
        </div>
      </div>
      {matching.length === 0 && <p>No column has this in its name.</p>}
    </Dialog>
  )
}
