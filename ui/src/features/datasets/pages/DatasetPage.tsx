import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Trash2, Upload, WandSparkles } from 'lucide-react'
import { useState } from 'react'

import { ActionButton } from '@/access'
import { Ago, ButtonLink, Card, Confirm, Loaded, Page, Skeleton, Table, TabLink, Tabs, tell, tellProblem } from '@/components'
import { bytes, count, plural } from '@/format'

import { datasetQuery, profileQuery, useDeleteDataset, versionsQuery } from '../api'
import { Preview } from '../components/Preview'
import { ProfileTable } from '../components/ProfileTable'
import { UploadDialog } from '../components/UploadDialog'

const route = getRouteApi('/inside/datasets/$dataset')
const TABS = [
  [undefined, 'Profile'],
  ['preview', 'Rows'],
  ['versions', 'Versions'],
] as const

export default function DatasetPage() {
  const { dataset: name } = route.useParams()
  const { tab, version } = route.useSearch()
  const navigate = route.useNavigate()
  const query = useQuery(datasetQuery(name))
  const [asking, setAsking] = useState<'upload' | 'delete' | null>(null)
  const remove = useDeleteDataset()
  const dataset = query.data
  const shown = version ?? dataset?.latest_version ?? null
  const close = () => setAsking(null)
  return (
    <Page
      title={dataset?.name ?? name}
      crumbs={[<Link key="up" to="/datasets">Data sets</Link>]}
      subtitle={dataset && `${plural(dataset.rows ?? 0, 'row')}, ${plural(dataset.column_count ?? 0, 'column')}, ${bytes(dataset.bytes)} · version ${shown ?? '–'}`}
      actions={
        <>
          <ButtonLink look="primary" icon={<WandSparkles />} to="/automl/new" search={{ dataset: name }}>Find a model</ButtonLink>
          <ActionButton permission="dataset:write" icon={<Upload />} onClick={() => setAsking('upload')}>New version</ActionButton>
          <ActionButton permission="dataset:delete" look="danger" icon={<Trash2 />} label="Delete the data set" onClick={() => setAsking('delete')} />
        </>
      }
    >
      <Tabs label="Parts of the data set">
        {TABS.map(([part, label]) => (
          <TabLink
            key={label}
            to="/datasets/$dataset"
            params={{ dataset: name }}
            search={{ ...(part && { tab: part }), ...(version && { version }) }}
            current={part === tab}
          >
            {label}
          </TabLink>
        ))}
      </Tabs>
      <Loaded query={query}>
        {() =>
          shown === null ? (
            <Card>This data set has no version yet.</Card>
          ) : tab === 'preview' ? (
            <Preview key={shown} dataset={name} version={shown} />
          ) : tab === 'versions' ? (
            <Versions dataset={name} />
          ) : (
            <Profile dataset={name} version={shown} />
          )
        }
      </Loaded>
      {asking === 'upload' && (
        <UploadDialog
          to={name}
          onClose={close}
          onDone={({ number, created }) => {
            close()
            tell(created ? `Version ${number} is here.` : `Nothing is new: version ${number} holds this table.`)
            void navigate({ search: {} })
          }}
        />
      )}
      <Confirm
        open={asking === 'delete'}
        onClose={close}
        title={`Delete ${name}?`}
        told="All of its versions are gone then, and their space is free. Models that were trained on them stay."
        verb="Delete"
        busy={remove.isPending}
        onConfirm={() =>
          remove.mutate(name, {
            onSuccess: ({ bytes_freed }) => {
              tell(`${name} is gone; ${bytes(bytes_freed)} are free.`)
              void navigate({ to: '/datasets' })
            },
            onError: tellProblem,
          })
        }
      />
    </Page>
  )
}

function Profile({ dataset, version }: { dataset: string; version: number }) {
  return (
    <Loaded query={useQuery(profileQuery(dataset, version))} waiting={<Card><Skeleton lines={8} block /></Card>}>
      {(profile) => <ProfileTable profile={profile} />}
    </Loaded>
  )
}

function Versions({ dataset }: { dataset: string }) {
  const query = useInfiniteQuery(versionsQuery(dataset))
  const items = query.data?.pages.flatMap((page) => page.items)
  return (
    <Card flush>
      <Loaded query={{ ...query, data: items }}>
        {(versions) => (
          <Table
            label="Versions"
            columns={[
              { header: 'Version', cell: ({ number }) => <Link to="/datasets/$dataset" params={{ dataset }} search={{ version: number }}>{`Version ${number}`}</Link> },
              { header: 'Rows', number: true, cell: ({ rows }) => count(rows) },
              { header: 'Columns', number: true, cell: ({ columns }) => count(columns.length) },
              { header: 'From', wide: true, cell: ({ source }) => source },
              { header: 'Hash', wide: true, cell: ({ content_sha256 }) => <code>{content_sha256.slice(0, 12)}</code> },
              { header: 'Created', tight: true, cell: ({ created_at }) => <Ago time={created_at} /> },
            ]}
            rows={versions}
            rowKey={({ id }) => id}
            more={query.hasNextPage && (() => void query.fetchNextPage())}
          />
        )}
      </Loaded>
    </Card>
  )
}
