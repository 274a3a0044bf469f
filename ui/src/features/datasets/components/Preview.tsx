import { useQuery } from '@tanstack/react-query'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useState } from 'react'

import { Button, Card, Loaded, Table } from '@/components'
import { count } from '@/format'

import { PREVIEW_ROWS, previewQuery } from '../api'
import styles from './dataset.module.css'

export function Preview({ dataset, version }: { dataset: string; version: number }) {
  const [offset, setOffset] = useState(0)
  const query = useQuery(previewQuery(dataset, version, offset))
  return (
    <Card flush>
      <Loaded query={query}>
        {({ columns, rows, offset: from, total }) => (
          <>
            <Table
              label="Rows"
              columns={columns.map((header, index) => ({
                header,
                number: rows.some(({ [index]: cell }) => typeof cell === 'number'),
                cell: ({ cells }: { cells: unknown[] }) => (cells[index] === null ? '–' : String(cells[index])),
              }))}
              rows={rows.map((cells, index) => ({ cells, place: from + index }))}
              rowKey={({ place }) => String(place)}
            />
            <div className={styles['pager']}>
              {count(from + 1)}–{count(from + rows.length)} of {count(total)}
              <Button small icon={<ChevronLeft />} label="Rows before" disabled={from === 0} onClick={() => setOffset(Math.max(0, from - PREVIEW_ROWS))} />
              <Button small icon={<ChevronRight />} label="Rows after" disabled={from + rows.length >= total} onClick={() => setOffset(from + PREVIEW_ROWS)} />
            </div>
          </>
        )}
      </Loaded>
    </Card>
  )
}
