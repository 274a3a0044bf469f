import { ArrowDown, ArrowUp, GripVertical, Pin, PinOff } from 'lucide-react'

import { Button } from '@/components'

import { columnOf } from '../columns'
import styles from './picker.module.css'

interface Props {
  id: string
  top: number
  /** Of how many, and which: the others are not in the document. */
  size: number
  place: number
  on: boolean
  pinned: boolean
  dragged: string | null
  onDragged: (id: string | null) => void
  onToggle: () => void
  onPin: () => void
  onDrop: (from: string) => void
  onMove: (by: number) => void
}

export function ColumnChoice({ id, top, size, place, on, pinned, dragged, onDragged, onToggle, onPin, onDrop, onMove }: Props) {
  const column = columnOf(id)
  if (!column) return null
  const { label, group } = column
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the arrows do the same by keyboard
    <div
      role="listitem"
      aria-setsize={size}
      aria-posinset={place}
      className={`${styles['choice']} ${dragged === id ? styles['dragged'] : ''}`}
      style={{ transform: `translateY(${top}px)` }}
      draggable={on}
      onDragStart={(event) => {
        event.dataTransfer.setData('text/plain', id)
        onDragged(id)
      }}
      onDragEnd={() => onDragged(null)}
      onDragOver={(event) => on && dragged !== null && event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        if (dragged !== null) onDrop(dragged)
        onDragged(null)
      }}
    >
      <GripVertical aria-hidden className={on ? styles['grip'] : styles['none']} />
      <label title={id}>
        <input type="checkbox" checked={on} onChange={onToggle} />
        <span>{label}</span>
        <small>{group}</small>
      </label>
      {on && (
        <>
          <Button small look="quiet" icon={<ArrowUp />} label={`Move ${label} left`} onClick={() => onMove(-1)} />
          <Button small look="quiet" icon={<ArrowDown />} label={`Move ${label} right`} onClick={() => onMove(1)} />
        </>
      )}
      <Button small look="quiet" aria-pressed={pinned} icon={pinned ? <PinOff /> : <Pin />} label={pinned ? `Unpin ${label}` : `Pin ${label}`} onClick={onPin} />
    </div>
  )
}
