import { Link } from '@tanstack/react-router'
import { Anchor, Trash2 } from 'lucide-react'
import { memo } from 'react'

import { metric } from '@/format'

import type { Run } from '../api'
import { differenceOf, valueOf, type Shown } from '../cells'
import type { RunColumn } from '../columns'
import styles from './grid.module.css'

export interface Layout {
  nameWidth: number
  /** Beside the name, whatever is scrolled. */
  pinned: RunColumn[]
  /** In view. */
  columns: RunColumn[]
  /** What is scrolled out before them, in px. */
  before: number
  total: number
  sticky: boolean
}

interface Props {
  run: Run | undefined
  index: number
  top: number
  layout: Layout
  selected: boolean
  active: boolean
  shown: Shown
  onSelect: (index: number, on: boolean, range: boolean) => void
}

/** A row of the run table; the shape of one while its page is on its way. */
export const RunRow = memo(function RunRow({ run, index, top, layout, selected, active, shown, onSelect }: Props) {
  const gone = run?.lifecycle === 'deleted'
  return (
    <div
      id={`run-row-${index}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-active={active || undefined}
      className={styles['row']}
      style={{ transform: `translateY(${top}px)`, width: layout.total }}
    >
      <div role="rowheader" className={`${styles['cell']} ${styles['name']}`} style={{ width: layout.nameWidth }}>
        {run ? (
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
            {gone && <Trash2 size={14} aria-label="In the trash" />}
            <Link to="/runs/$runId" params={{ runId: run.id }} title={run.name} tabIndex={-1}>
              {run.name}
            </Link>
          </>
        ) : (
          <span className={styles['waiting']} aria-label="Loading" />
        )}
      </div>
      {layout.pinned.map((column, place) => (
        <Cell key={column.id} run={run} column={column} shown={shown} left={layout.sticky ? leftOf(layout, place) : undefined} />
      ))}
      <div className={styles['space']} style={{ width: layout.before }} />
      {layout.columns.map((column) => (
        <Cell key={column.id} run={run} column={column} shown={shown} />
      ))}
    </div>
  )
})

/** Where the pinned column `place` stays. */
export function leftOf({ nameWidth, pinned }: Layout, place: number): number {
  return pinned.slice(0, place).reduce((sum, { width }) => sum + width, nameWidth)
}

function Cell({ run, column, shown, left }: { run: Run | undefined; column: RunColumn; shown: Shown; left?: number | undefined }) {
  const shape = [styles['cell'], column.number && styles['number'], left !== undefined && styles['pinned']].filter(Boolean).join(' ')
  const difference = run && differenceOf(run, column, shown)
  const value = run && column.group === 'metrics' ? valueOf(run, column.label, shown) : undefined
  const text = column.group === 'metrics' ? String(value ?? '') : run && column.group !== 'run' ? column.text(run) : undefined
  return (
    <div role="gridcell" className={shape} style={{ width: column.width, left }}>
      {run ? (
        <>
          <span title={text}>{column.group === 'metrics' ? metric(value) : column.cell(run)}</span>
          {difference && (
            <small className={difference.better === null ? styles['same'] : difference.better ? styles['better'] : styles['worse']}>{difference.text}</small>
          )}
        </>
      ) : (
        <span className={styles['waiting']} />
      )}
    </div>
  )
}
