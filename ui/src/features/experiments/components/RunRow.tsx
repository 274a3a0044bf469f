import { Anchor, Trash2 } from 'lucide-react'
import { memo } from 'react'

import { metric } from '@/format'

import type { Run } from '../api'
import { differenceOf, valueOf, type Shown } from '../cells'
import type { RunColumn } from '../columns'
import { ROW } from '../viewport'
import styles from './grid.module.css'

export interface Layout {
  nameWidth: number
  /** Beside the name, whatever is scrolled. */
  pinned: RunColumn[]
  /** In view. */
  columns: RunColumn[]
  /** How many columns are scrolled out before them, and how wide these are in px. */
  skipped: number
  before: number
  total: number
  sticky: boolean
}

interface Props {
  run: Run | undefined
  index: number
  layout: Layout
  selected: boolean
  active: boolean
  shown: Shown
  /** The address of a run's page without its id. */
  pages: string
  onSelect: (index: number, on: boolean, range: boolean) => void
}

/**
 * A row of the run table; the shape of one while its page is on its way. Rows change place by hundreds a
 * second, so a row is as few elements as it can be: the table hears of what happens to its links.
 */
export const RunRow = memo(function RunRow({ run, index, layout, selected, active, shown, pages, onSelect }: Props) {
  return (
    <div
      id={`run-row-${index}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-active={active || undefined}
      data-waiting={run === undefined || undefined}
      className={styles['row']}
      style={{ transform: `translateY(${(index + 1) * ROW}px)`, width: layout.total }}
    >
      <div role="rowheader" aria-colindex={1} className={NAME} style={{ width: layout.nameWidth }} aria-label={run ? undefined : 'Loading'}>
        {run && (
          <>
            <label>
              <input
                type="checkbox"
                aria-label={`Select ${run.name}`}
                checked={selected}
                onChange={(event) => onSelect(index, event.target.checked, (event.nativeEvent as MouseEvent).shiftKey)}
              />
            </label>
            {shown.baseline?.id === run.id && <Anchor size={14} aria-label="Baseline" />}
            {run.lifecycle === 'deleted' && <Trash2 size={14} aria-label="In the trash" />}
            <a href={pages + run.id} data-run={run.id} title={run.name} tabIndex={-1}>
              {run.name}
            </a>
          </>
        )}
      </div>
      {layout.pinned.map((column, place) => (
        <Cell key={column.id} run={run} column={column} place={place + 2} shown={shown} left={layout.sticky ? leftOf(layout, place) : undefined} />
      ))}
      {layout.before > 0 && <div className={styles['space']} style={{ width: layout.before }} />}
      {layout.columns.map((column, place) => (
        <Cell key={column.id} run={run} column={column} place={layout.pinned.length + layout.skipped + place + 2} shown={shown} />
      ))}
    </div>
  )
})

const CELL = `${styles['cell']}`
const NAME = `${CELL} ${styles['name']}`

/** Where the pinned column `place` stays. */
export function leftOf({ nameWidth, pinned }: Layout, place: number): number {
  return pinned.slice(0, place).reduce((sum, { width }) => sum + width, nameWidth)
}

/** The width of a cell, and how far from the left a pinned one stays when the others are scrolled. */
export function stay(width: number, left: number | undefined): React.CSSProperties {
  return left === undefined ? { width } : ({ width, '--left': `${left}px` } as React.CSSProperties)
}

interface CellProps {
  run: Run | undefined
  column: RunColumn
  place: number
  shown: Shown
  left?: number | undefined
}

function Cell({ run, column, place, shown, left }: CellProps) {
  const { group, number, width } = column
  let shape = number ? `${CELL} ${styles['number']}` : CELL
  if (left !== undefined) shape += ` ${styles['pinned']}`
  const difference = run && differenceOf(run, column, shown)
  const value = run && group === 'metrics' ? valueOf(run, column.label, shown) : undefined
  const text = !run ? undefined : group === 'metrics' ? String(value ?? '') : group === 'run' ? undefined : column.text(run)
  return (
    <div role="gridcell" aria-colindex={place} className={shape} style={stay(width, left)} title={text}>
      {run && (group === 'metrics' ? metric(value) : column.cell(run))}
      {difference && (
        <small className={difference.better === null ? styles['same'] : difference.better ? styles['better'] : styles['worse']}>{difference.text}</small>
      )}
    </div>
  )
}
