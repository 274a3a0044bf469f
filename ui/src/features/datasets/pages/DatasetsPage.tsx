import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Database, Upload } from 'lucide-react'
import { useDeferredValue, useState } from 'react'

import { ActionButton } from '@/access'
import { Ago, BareInput, Card, Empty, Loaded, Page, Table, tell, type Column } from '@/components'
import { bytes, count } from '@/format'

import { datasetsQuery, type Dataset } from '../api'
import { UploadDialog } from '../components/UploadDialog'

export default function DatasetsPage() {
  const [text, setText] = useState('')
  const [uploading, setUploading] = useState(false)
  const navigate = useNavigate()
  const search = useDeferredValue(text.trim())
  const query = useInfiniteQuery(datasetsQuery(search ? { search } : {}))
  const items = query.data?.pages.flatMap((page) => page.items)
  const button = (
    <ActionButton permission="dataset:write" look="primary" icon={<Upload />} onClick={() => setUploading(true)}>
      Upload a table
    </ActionButton>
  )
  return (
    <Page title="Data sets" subtitle="Tables in versions that never change." actions={button}>
      <BareInput label="Find a data set" type="search" placeholder="Find by name" value={text} onChange={(event) => setText(event.target.value)} />
      <Card flush>
        <Loaded query={{ ...query, data: items }}>
          {(datasets) =>
            datasets.length === 0 ? (
              <Empty icon={<Database />} title={search ? 'No data set fits' : 'No data set yet'} code="maestro datasets upload titanic.csv">
                Upload a CSV, Parquet or JSON lines file here or from the command line. You see its profile at once.
              </Empty>
            ) : (
              <Table label="Data sets" columns={COLUMNS} rows={datasets} rowKey={({ id }) => id} more={query.hasNextPage && (() => void query.fetchNextPage())} />
            )
          }
        </Loaded>
      </Card>
      {uploading && (
        <UploadDialog
          onClose={() => setUploading(false)}
          onDone={({ dataset_name, number, created }) => {
            tell(created ? `${dataset_name} is here, as version ${number}.` : `${dataset_name} has this table already, as version ${number}.`)
            void navigate({ to: '/datasets/$dataset', params: { dataset: dataset_name } })
          }}
        />
      )}
    </Page>
  )
}

const COLUMNS: Column<Dataset>[] = [
  { header: 'Name', cell: ({ name }) => <Link to="/datasets/$dataset" params={{ dataset: name }}>{name}</Link> },
  { header: 'Version', number: true, wide: true, cell: ({ latest_version }) => count(latest_version) },
  { header: 'Rows', number: true, cell: ({ rows }) => count(rows) },
  { header: 'Columns', number: true, cell: ({ column_count }) => count(column_count) },
  { header: 'Size', number: true, wide: true, cell: (dataset) => bytes(dataset.bytes) },
  { header: 'By', wide: true, cell: ({ created_by_name }) => created_by_name },
  { header: 'Created', tight: true, cell: ({ created_at }) => <Ago time={created_at} /> },
]
