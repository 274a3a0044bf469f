import { useQuery } from '@tanstack/react-query'
import { ChevronFirst, ChevronLast, ChevronLeft, ChevronRight } from 'lucide-react'

import { BareInput, Button, Card, Loaded, Table } from '@/components'
import { count } from '@/format'

import { PREVIEW_ROWS, previewQuery } from '../api'
import styles from './dataset.module.css'

interface Props {
  dataset: string
  version: number
  from: number
  onMove: (from: number) => void
}

/** Any page of the table's rows, numbered from 1. */
export function Preview({ dataset, version, from: asked, onMove }: Props) {
  const query = useQuery(previewQuery(dataset, version, asked))
  return (
    <Card flush>
      <Loaded query={query}>
        {({ columns, rows, offset: from, total }) => {
          const last = Math.max(0, Math.floor((total - 1) / PREVIEW_ROWS) * PREVIEW_ROWS)
          return (
            <>
              <div className={styles['rows']} aria-busy={query.isPlaceholderData}>
                <Table
                  label="Rows"
                  columns={[
                    { header: 'Row', number: true, tight: true, cell: ({ place }: { place: number }) => <span className={styles['place']}>{count(place + 1)}</span> },
                    ...columns.map((header, index) => ({
                      header,
                      number: rows.some(({ [index]: cell }) => typeof cell === 'number'),
                      cell: ({ cells }: { cells: unknown[] }) => (cells[index] === null ? <span className={styles['place']}>–</span> : <span className={styles['value']}>{String(cells[index])}</span>),
                    })),
                  ]}
                  rows={rows.map((cells, index) => ({ cells, place: from + index }))}
                  rowKey={({ place }) => String(place)}
                />
              </div>
              <div className={styles['pager']}>
                <form
                  onSubmit={(event) => {
                    event.preventDefault()
                    const row = Number(new FormData(event.currentTarget).get('row'))
                    if (row >= 1) onMove(Math.min(row, Math.max(total, 1)) - 1)
                  }}
                >
                  <BareInput label="Go to row" name="row" type="number" min={1} max={total} placeholder="Go to row" />
                </form>
                <span>
                  {rows.length === 0 ? 'No rows here' : `${count(from + 1)}–${count(from + rows.length)} of ${count(total)}`}
                </span>
                <Button small icon={<ChevronFirst />} label="First rows" disabled={from === 0} onClick={() => onMove(0)} />
                <Button small icon={<ChevronLeft />} label="Rows before" disabled={from === 0} onClick={() => onMove(Math.max(0, from - PREVIEW_ROWS))} />
                <Button small icon={<ChevronRight />} label="Rows after" disabled={from + rows.length >= total} onClick={() => onMove(from + PREVIEW_ROWS)} />
                <Button small icon={<ChevronLast />} label="Last rows" disabled={from + rows.length >= total} onClick={() => onMove(last)} />
              </div>
            </>
          )
        }}
      </Loaded>
    </Card>
  )
}
