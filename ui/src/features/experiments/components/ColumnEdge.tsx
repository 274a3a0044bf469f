import { useRef, type KeyboardEvent, type PointerEvent } from 'react'

import { NARROWEST, WIDEST } from '../search'
import styles from './grid.module.css'

interface Props {
  id: string
  label: string
  width: number
  /** Called while the edge is dragged, and at its end with `done`. */
  onWiden: (id: string, width: number, done: boolean) => void
  /** The width that the browser keeps; undefined for that of the start. */
  onResize: (id: string, width: number | undefined) => void
}

const STEP = 8
const PADDING = 22

const bounded = (width: number) => Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)))

/** The end of a column: dragged or moved by arrows it sets the width, a double click or Enter fits it, Delete undoes. */
export function ColumnEdge({ id, label, width, onWiden, onResize }: Props) {
  const drag = useRef<{ x: number; from: number; to: number } | null>(null)
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    drag.current = { x: event.clientX, from: width, to: width }
  }
  const onPointerMove = (event: PointerEvent) => {
    const { current } = drag
    if (!current) return
    const to = bounded(current.from + event.clientX - current.x)
    if (to === current.to) return
    current.to = to
    onWiden(id, to, false)
  }
  const onPointerEnd = () => {
    const { current } = drag
    drag.current = null
    if (current && current.to !== current.from) onWiden(id, current.to, true)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const by = event.key === 'ArrowLeft' ? -STEP : event.key === 'ArrowRight' ? STEP : 0
    if (by !== 0) onResize(id, bounded(width + by * (event.shiftKey ? 5 : 1)))
    else if (event.key === 'Enter') onResize(id, fitting(event.currentTarget))
    else if (event.key === 'Delete' || event.key === 'Backspace') onResize(id, undefined)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={`Width of ${label}`}
      aria-valuenow={width}
      aria-valuemin={NARROWEST}
      aria-valuemax={WIDEST}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a separator with a value is a widget
      tabIndex={0}
      title="Drag, or arrows: width; double click: as wide as what is in it; Delete: as at first"
      className={styles['edge']}
      // The head around it is moved by dragging; its edge is not.
      draggable
      onDragStart={(event) => {
        event.preventDefault()
        event.stopPropagation()
      }}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerEnd}
      onPointerCancel={onPointerEnd}
      onDoubleClick={(event) => onResize(id, fitting(event.currentTarget))}
      onKeyDown={onKeyDown}
    />
  )
}

/** How wide a column must be for its title and for all that is drawn of it. */
function fitting(edge: HTMLElement): number {
  const head = edge.closest('[aria-colindex]')
  const cells = edge.closest('[role="grid"]')?.querySelectorAll(`[aria-colindex="${head?.getAttribute('aria-colindex')}"]`) ?? []
  const contents = document.createRange()
  let widest = 0
  for (const cell of cells) {
    const parts = cell === head || cell.matches('[role="rowheader"]') ? cell.querySelectorAll(':scope > :not([role="separator"])') : [cell]
    let needed = 0
    for (const part of parts) {
      contents.selectNodeContents(part)
      needed += contents.getBoundingClientRect().width + (parts.length > 1 ? 8 : 0)
    }
    widest = Math.max(widest, needed)
  }
  return bounded(widest + PADDING)
}
