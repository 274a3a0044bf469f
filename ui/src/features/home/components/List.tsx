import type { ReactNode } from 'react'

import { ButtonLink, Card, Loaded, Table, type Column } from '@/components'

import styles from './home.module.css'

export interface Items<Row> {
  data: Row[] | undefined
  error: unknown
  refetch: () => unknown
}

interface Props<Row> {
  title: string
  to: '/experiments' | '/jobs' | '/datasets' | '/models' | '/deployments'
  query: Items<Row>
  columns: Column<Row>[]
  rowKey: (row: Row) => string
  /** What to do while there is none. */
  none: ReactNode
}

/** The first few of something. */
export function List<Row>({ title, to, query, columns, rowKey, none }: Props<Row>) {
  return (
    <Card title={title} flush actions={<ButtonLink small look="quiet" to={to}>All</ButtonLink>}>
      <Loaded query={query}>
        {(rows) => (rows.length === 0 ? <p className={styles['none']}>{none}</p> : <Table label={title} columns={columns} rows={rows} rowKey={rowKey} />)}
      </Loaded>
    </Card>
  )
}
