import { ArrowDown, ArrowUp, Pin } from 'lucide-react'
import { memo, useState, type DragEvent, type KeyboardEvent } from 'react'

import type { RunColumn } from '../columns'
import { goalOf } from '../goals'
import type { Goal, Values } from '../search'
import { ColumnEdge } from './ColumnEdge'
import styles from './grid.module.css'
import { leftOf, stay, type Layout } from './RunRow'

export interface HeaderProps {
  layout: Layout
  all: boolean
  onAll: (on: boolean) => void
  sort: { key: string | undefined; asc: boolean }
  onSort: (key: string) => void
  /** Puts a column where another one stands. */
  onMove: (id: string, target: string) => void
  /** All columns in their order, for moving by keyboard. */
  order: string[]
  values: Values | undefined
  goals: Record<string, Goal> | undefined
  onGoal: (key: string, goal: Goal) => void
  onWiden: (id: string, width: number, done: boolean) => void
  /** Keeps a column's width; undefined for that of the start. */
  onResize: (id: string, width: number | undefined) => void
}

/** Click sorts; drag, or Alt with an arrow, moves; the edges set widths. */
export const GridHeader = memo(function GridHeader(props: HeaderProps) {
  const { layout, all, onAll, onWiden, onResize } = props
  const [dragged, setDragged] = useState<string | null>(null)
  const head = (column: RunColumn, place: number, left?: number) => (
    <Head key={column.id} {...props} column={column} place={place} left={left} dragged={dragged} onDragged={setDragged} />
  )
  return (
    <div role="row" aria-rowindex={1} className={styles['header']} style={{ width: layout.total }}>
      <div role="columnheader" aria-colindex={1} className={`${styles['cell']} ${styles['name']}`} style={{ width: layout.nameWidth }}>
        <label>
          <input type="checkbox" aria-label="Select all runs that are loaded" checked={all} onChange={(event) => onAll(event.target.checked)} />
        </label>
        <span className={styles['title']}>Run</span>
        <ColumnEdge id="name" label="Run" width={layout.nameWidth} onWiden={onWiden} onResize={onResize} />
      </div>
      {layout.pinned.map((column, place) => head(column, place + 2, layout.sticky ? leftOf(layout, place) : undefined))}
      <div className={styles['space']} style={{ width: layout.before }} />
      {layout.columns.map((column, place) => head(column, layout.pinned.length + layout.skipped + place + 2))}
    </div>
  )
})

interface HeadProps extends HeaderProps {
  column: RunColumn
  /** Its number among all columns, from 1. */
  place: number
  left: number | undefined
  dragged: string | null
  onDragged: (id: string | null) => void
}

function Head({ layout, column, place, left, sort, onSort, onMove, order, values, goals, onGoal, onWiden, onResize, dragged, onDragged }: HeadProps) {
  const { id, label, number, sortKey } = column
  const sorted = sortKey !== undefined && sort.key === sortKey
  const Arrow = sort.asc ? ArrowUp : ArrowDown
  const goal = goalOf(label, goals)
  const drag = {
    draggable: true,
    onDragStart: (event: DragEvent) => {
      event.dataTransfer.effectAllowed = 'move'
      event.dataTransfer.setData('text/plain', id)
      onDragged(id)
    },
    onDragEnd: () => onDragged(null),
    onDragOver: (event: DragEvent) => dragged && event.preventDefault(),
    onDrop: (event: DragEvent) => {
      event.preventDefault()
      if (dragged) onMove(dragged, id)
      onDragged(null)
    },
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0
    const target = order[order.indexOf(id) + by]
    if (!event.altKey || by === 0 || target === undefined) return
    event.preventDefault()
    event.stopPropagation()
    onMove(id, target)
  }
  const shape = [styles['head'], number && styles['number'], left !== undefined && styles['pinned'], dragged === id && styles['dragged']]
  return (
    <div
      role="columnheader"
      aria-colindex={place}
      title={`${id}${sortKey ? ': sorts; ' : ': '}drag, or Alt with an arrow, moves`}
      className={shape.filter(Boolean).join(' ')}
      style={stay(column.width, left)}
      aria-sort={sorted ? (sort.asc ? 'ascending' : 'descending') : undefined}
      {...drag}
    >
      {layout.pinned.includes(column) && <Pin aria-label="Pinned" />}
      <button type="button" disabled={sortKey === undefined} onClick={() => sortKey && onSort(sortKey)} onKeyDown={onKeyDown}>
        {sorted && <Arrow aria-hidden />}
        <span>{label}</span>
        {sorted && values && column.group === 'metrics' && <small title="Runs are sorted by the last value of a metric, whichever is shown">by last</small>}
      </button>
      {values === 'best' && column.group === 'metrics' && (
        <button
          type="button"
          className={styles['goal']}
          aria-label={`${label}: the ${goal === 'min' ? 'lowest' : 'highest'} is best; change`}
          title={`The ${goal === 'min' ? 'lowest' : 'highest'} is best; press to change`}
          onClick={() => onGoal(label, goal === 'min' ? 'max' : 'min')}
        >
          {goal}
        </button>
      )}
      <ColumnEdge id={id} label={label} width={column.width} onWiden={onWiden} onResize={onResize} />
    </div>
  )
}
