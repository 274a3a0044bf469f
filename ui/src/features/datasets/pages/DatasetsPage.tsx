import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Database, Trash2, Upload } from 'lucide-react'
import { useState } from 'react'

import { ActionButton } from '@/access'
import { Ago, BareInput, BareSelect, Card, Empty, Loaded, Page, Table, tell, type Column } from '@/components'
import { bytes, count } from '@/format'

import { datasetsQuery, type Dataset } from '../api'
import styles from '../components/dataset.module.css'
import { DeleteAction, TrashActions } from '../components/TrashActions'
import { UploadDialog } from '../components/UploadDialog'
import { ORDERS, type Order } from '../search'

const route = getRouteApi('/inside/datasets')

export default function DatasetsPage() {
  const { q = '', order = 'created', view } = route.useSearch()
  const trash = view === 'trash'
  const navigate = route.useNavigate()
  const [uploading, setUploading] = useState(false)
  const query = useInfiniteQuery({ ...datasetsQuery({ order, ...(q && { search: q }), ...(trash && { deleted: true }) }), placeholderData: keepPreviousData })
  const items = query.data?.pages.flatMap((page) => page.items)
  const change = (next: { q?: string; order?: Order }) =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true })
  const button = (
    <ActionButton permission="dataset:write" look="primary" icon={<Upload />} onClick={() => setUploading(true)}>
      Upload a table
    </ActionButton>
  )
  return (
    <Page title="Data sets" subtitle="Tables in versions that never change." actions={button}>
      <div className={styles['finder']}>
        <BareInput label="Find a data set" type="search" placeholder="Find by name" value={q} onChange={(event) => change({ q: event.target.value })} />
        <BareSelect label="Order" value={order} onChange={(event) => change({ order: event.target.value as Order })}>
          {Object.entries(ORDERS).map(([value, label]) => (
            <option key={value} value={value}>{label}</option>
          ))}
        </BareSelect>
        <BareSelect label="Which" value={view ?? ''} onChange={(event) => void navigate({ search: { ...(q && { q }), order, ...(event.target.value && { view: 'trash' as const }) } })}>
          <option value="">All</option>
          <option value="trash">In the trash</option>
        </BareSelect>
      </div>
      <Card flush>
        <Loaded query={{ ...query, data: items }}>
          {(datasets) =>
            datasets.length === 0 && trash && !q ? (
              <Empty icon={<Trash2 />} title="The trash is empty">What is deleted can be brought back from here: for a week, or as long as your organisation keeps its trash.</Empty>
            ) : datasets.length === 0 ? (
              <Empty icon={<Database />} title={q ? `No data set has “${q}” in its name` : 'No data set yet'} {...(!q && { action: button, code: 'maestro datasets upload titanic.csv' })}>
                {q ? 'Try a part of the name, in any case.' : 'Upload a CSV, Parquet or JSON lines file here or from the command line. You see its profile at once.'}
              </Empty>
            ) : (
              <Table label="Data sets" columns={trash ? TRASHED : COLUMNS} rows={datasets} rowKey={({ id }) => id} more={query.hasNextPage && (() => void query.fetchNextPage())} loadingMore={query.isFetchingNextPage} />
            )
          }
        </Loaded>
      </Card>
      {uploading && (
        <UploadDialog
          onClose={() => setUploading(false)}
          onDone={({ dataset_name, number, created }) => {
            tell(created ? `${dataset_name} is here, as version ${number}.` : `${dataset_name} has this table already, as version ${number}.`)
            void navigate({ to: '/datasets/$dataset', params: { dataset: dataset_name }, search: {} })
          }}
        />
      )}
    </Page>
  )
}

const SIZES: Column<Dataset>[] = [
  { header: 'Rows', number: true, cell: ({ rows }) => count(rows) },
  { header: 'Columns', number: true, wide: true, cell: ({ column_count }) => count(column_count) },
  { header: 'Size', number: true, wide: true, cell: (dataset) => bytes(dataset.bytes) },
  { header: 'By', wide: true, cell: ({ created_by_name }) => created_by_name },
]

const COLUMNS: Column<Dataset>[] = [
  { header: 'Name', cell: ({ name }) => <Link to="/datasets/$dataset" params={{ dataset: name }}>{name}</Link> },
  { header: 'Description', wide: true, cell: ({ description }) => description.slice(0, 100) },
  { header: 'Version', number: true, wide: true, cell: ({ latest_version }) => count(latest_version) },
  ...SIZES,
  { header: 'Changed', tight: true, cell: ({ updated_at }) => <Ago time={updated_at} /> },
  { header: 'Actions', bare: true, tight: true, cell: (dataset) => <DeleteAction dataset={dataset} /> },
]

const TRASHED: Column<Dataset>[] = [
  { header: 'Name', cell: ({ name }) => name },
  ...SIZES,
  { header: 'Deleted', tight: true, cell: ({ deleted_at }) => <Ago time={deleted_at} /> },
  { header: 'Actions', bare: true, tight: true, cell: (dataset) => <TrashActions dataset={dataset} /> },
]
