import { Link } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp, Anchor } from 'lucide-react'
import { memo, useEffect, useRef } from 'react'

import { metric } from '@/format'

import type { Run } from '../api'
import type { RunColumn } from '../columns'
import styles from './grid.module.css'

interface Props {
  runs: Run[]
  columns: RunColumn[]
  selected: ReadonlySet<string>
  onSelect: (runIds: string[], on: boolean) => void
  sort: { key: string | undefined; asc: boolean }
  onSort: (key: string | undefined) => void
  baseline: Run | undefined
  hasMore: boolean
  /** Called when the end comes near. */
  onEnd: () => void
}

const ROW = 36
const NAME_WIDTH = 240

/** The table of runs: only what is in view is in the document, whatever there is. */
export function RunGrid(props: Props) {
  const { runs, columns, selected, onSelect, hasMore, onEnd } = props
  const frame = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: runs.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW,
    overscan: 12,
    paddingStart: ROW,
  })
  const shown = rows.getVirtualItems()
  const last = shown.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && last >= runs.length - 40) onEnd()
  }, [hasMore, last, onEnd, runs.length])

  const widths = columns.map(({ width }) => width)
  const total = NAME_WIDTH + widths.reduce((sum, width) => sum + width, 0)
  // The last, empty one takes what is left of a wide window.
  const template = `min(${NAME_WIDTH}px, 46vw) ${widths.map((width) => `${width}px`).join(' ')} minmax(0, 1fr)`
  return (
    <div
      ref={frame}
      className={styles['grid']}
      role="table"
      aria-label="Runs"
      aria-rowcount={hasMore ? -1 : runs.length + 1}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard
      tabIndex={0}
      style={{ '--columns': template, '--total': `${total}px` }}
    >
      <Header {...props} />
      <div role="rowgroup" style={{ height: rows.getTotalSize() - ROW }}>
        {shown.map(({ index, start }) => {
          const run = runs[index]
          if (!run) return null
          return (
            <Row
              key={run.id}
              run={run}
              index={index}
              top={start}
              columns={columns}
              selected={selected.has(run.id)}
              onSelect={onSelect}
              baseline={props.baseline}
            />
          )
        })}
      </div>
      <div className={styles['foot']}>{hasMore ? 'Loading more…' : `All ${runs.length.toLocaleString('en-US')} runs are here.`}</div>
    </div>
  )
}

function Header({ runs, columns, selected, onSelect, sort, onSort }: Props) {
  const all = runs.length > 0 && runs.every(({ id }) => selected.has(id))
  const Arrow = sort.asc ? ArrowUp : ArrowDown
  return (
    <div role="row" aria-rowindex={1} className={styles['header']}>
      <div role="columnheader" className={`${styles['cell']} ${styles['name']}`}>
        <label>
          <input
            type="checkbox"
            aria-label="Select all runs that are loaded"
            checked={all}
            onChange={(event) => onSelect(runs.map(({ id }) => id), event.target.checked)}
          />
        </label>
        <span className={styles['title']}>Run</span>
      </div>
      {columns.map(({ id, label, number, sortKey }) => {
        const sorted = sortKey !== undefined && sort.key === sortKey
        const shape = `${styles['head']} ${number ? styles['number'] : ''}`
        return (
          <div key={id} role="columnheader" title={id} className={shape} aria-sort={sorted ? (sort.asc ? 'ascending' : 'descending') : undefined}>
            {sortKey === undefined ? (
              <span>{label}</span>
            ) : (
              <button type="button" className={shape} onClick={() => onSort(sortKey)}>
                {sorted && <Arrow aria-hidden />}
                <span>{label}</span>
              </button>
            )}
          </div>
        )
      })}
    </div>
  )
}

interface RowProps {
  run: Run
  index: number
  top: number
  columns: RunColumn[]
  selected: boolean
  onSelect: (runIds: string[], on: boolean) => void
  baseline: Run | undefined
}

const Row = memo(function Row({ run, index, top, columns, selected, onSelect, baseline }: RowProps) {
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      className={styles['row']}
      style={{ transform: `translateY(${top}px)`, top: 0 }}
    >
      <div role="rowheader" className={`${styles['cell']} ${styles['name']}`}>
        <label>
          <input
            type="checkbox"
            aria-label={`Select ${run.name}`}
            checked={selected}
            onChange={(event) => onSelect([run.id], event.target.checked)}
          />
        </label>
        {baseline?.id === run.id && <Anchor size={14} aria-label="Baseline" />}
        <Link to="/runs/$runId" params={{ runId: run.id }} title={run.name}>
          {run.name}
        </Link>
      </div>
      {columns.map((column) => (
        <div key={column.id} role="cell" className={`${styles['cell']} ${column.number ? styles['number'] : ''}`}>
          <span title={column.group === 'run' ? undefined : column.text(run)}>{column.cell(run)}</span>
          {baseline && baseline.id !== run.id && <Difference run={run} baseline={baseline} column={column} />}
        </div>
      ))}
    </div>
  )
})

function Difference({ run, baseline, column }: { run: Run; baseline: Run; column: RunColumn }) {
  if (column.group !== 'metrics') return null
  const difference = Number(run.metrics[column.label] ?? NaN) - Number(baseline.metrics[column.label] ?? NaN)
  if (!Number.isFinite(difference)) return null
  return <small className={styles['better']}>{`${difference >= 0 ? '+' : ''}${metric(difference)}`}</small>
}
