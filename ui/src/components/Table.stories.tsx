import { Table } from './Table'

interface Row {
  name: string
  rows: number
}

const ROWS: Row[] = [{ name: 'titanic', rows: 2207 }, { name: 'diamonds', rows: 53_940 }]

export const Rows = () => (
  <Table<Row>
    label="Data sets"
    columns={[
      { header: 'Name', cell: ({ name }) => name },
      { header: 'Rows', number: true, cell: ({ rows }) => rows.toLocaleString('en-US') },
    ]}
    rows={ROWS}
    rowKey={({ name }) => name}
    more={() => undefined}
  />
)
