import type { ReactNode } from 'react'

import { Button } from './Button'
import styles from './table.module.css'

export interface Column<Row> {
  header: string
  cell: (row: Row) => ReactNode
  number?: boolean
  /** The header is for screen readers: what stands below speaks for itself. */
  bare?: boolean
  /** As narrow as its content. */
  tight?: boolean
  /** Left out where there is little room. */
  wide?: boolean
}

interface Props<Row> {
  label: string
  columns: Column<Row>[]
  rows: Row[]
  rowKey: (row: Row) => string
  /** Brings the next page, if there is one. */
  more?: (() => void) | null | false
  loadingMore?: boolean
}

/** A table for lists of up to some hundred rows; the run table has one of its own. */
export function Table<Row>({ label, columns, rows, rowKey, more, loadingMore }: Props<Row>) {
  const shape = (column: Column<Row>) =>
    [column.number && styles['number'], column.tight && styles['tight'], column.wide && styles['wide']]
      .filter(Boolean)
      .join(' ')
  return (
    <>
      <div className={styles['frame']} ref={reach}>
        <table className={styles['table']} aria-label={label}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.header} scope="col" className={shape(column)}>
                  {column.bare ? <span className="visually-hidden">{column.header}</span> : column.header}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={rowKey(row)}>
                {columns.map((column) => (
                  <td key={column.header} className={shape(column)}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {more && (
        <More onMore={more} busy={loadingMore}>
          {loadingMore ? 'Loading…' : 'Show more'}
        </More>
      )}
    </>
  )
}

/** The last line of a table that goes on. */
export function More({ onMore, busy, children }: { onMore: () => void; busy?: boolean; children: ReactNode }) {
  return (
    <div className={styles['more']}>
      <Button look="quiet" small onClick={onMore} disabled={busy}>
        {children}
      </Button>
    </div>
  )
}

/** What scrolls must be reached by keyboard; what does not is no stop on the way. */
function reach(frame: HTMLDivElement): () => void {
  const watcher = new ResizeObserver(() => {
    frame.tabIndex = frame.scrollWidth > frame.clientWidth ? 0 : -1
  })
  watcher.observe(frame)
  if (frame.firstElementChild) watcher.observe(frame.firstElementChild)
  return () => watcher.disconnect()
}
