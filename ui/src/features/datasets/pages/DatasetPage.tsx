import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Download, Ellipsis, Pencil, Trash2, Upload, WandSparkles } from 'lucide-react'
import { useState } from 'react'

import { ActionButton, useRefusal } from '@/access'
import { download } from '@/api'
import { Button, ButtonLink, Card, Loaded, Menu, MenuItem, Page, Skeleton, TabLink, Tabs, tell, tellProblem } from '@/components'
import { bytes, plural } from '@/format'

import { datasetQuery, profileQuery, type Dataset } from '../api'
import { Correlations } from '../components/Correlations'
import { DescribeDialog } from '../components/DescribeDialog'
import { Lineage } from '../components/Lineage'
import { Preview } from '../components/Preview'
import { ProfileTable } from '../components/ProfileTable'
import { useDeleteWithUndo } from '../components/TrashActions'
import { UploadDialog } from '../components/UploadDialog'
import { Use } from '../components/Use'
import { Versions } from '../components/Versions'

const route = getRouteApi('/inside/datasets/$dataset')
const NAMES = [
  [undefined, 'Profile'],
  ['preview', 'Rows'],
  ['correlations', 'Correlations'],
  ['versions', 'Versions'],
  ['lineage', 'Lineage'],
] as const

export default function DatasetPage() {
  const { dataset: name } = route.useParams()
  const { tab, version } = route.useSearch()
  const navigate = route.useNavigate()
  const query = useQuery(datasetQuery(name))
  const [asking, setAsking] = useState<'upload' | 'describe' | null>(null)
  const remove = useDeleteWithUndo()
  const dataset = query.data
  const shown = version ?? dataset?.latest_version ?? null
  const older = version !== undefined && version !== dataset?.latest_version
  const close = () => setAsking(null)
  const facts = dataset && `${older ? '' : `${plural(dataset.rows ?? 0, 'row')}, ${plural(dataset.column_count ?? 0, 'column')}, ${bytes(dataset.bytes)} · `}version ${shown ?? '–'}${older ? ` of ${dataset.latest_version}` : ''}`
  return (
    <Page
      title={dataset?.name ?? name}
      crumbs={[<Link key="up" to="/datasets">Data sets</Link>]}
      subtitle={dataset && <>{dataset.description && <div>{dataset.description}</div>}{facts}</>}
      actions={
        <>
          <ButtonLink look="primary" icon={<WandSparkles />} to="/automl/new" search={{ dataset: name }}>Find a model</ButtonLink>
          <ActionButton permission="dataset:write" icon={<Upload />} onClick={() => setAsking('upload')}>New version</ActionButton>
          <More
            dataset={name}
            version={shown}
            onDescribe={() => setAsking('describe')}
            onDelete={() => dataset && remove(dataset, () => void navigate({ to: '/datasets', search: {} }))}
          />
        </>
      }
    >
      <Tabs label="Parts of the data set">
        {NAMES.map(([part, label]) => (
          <TabLink key={label} to="/datasets/$dataset" params={{ dataset: name }} search={{ ...(part && { tab: part }), ...(version && { version }) }} current={part === tab}>
            {label}
          </TabLink>
        ))}
      </Tabs>
      <Loaded query={query}>
        {(loaded) => (shown === null ? <Card>This data set has no version yet. Upload a file as its first.</Card> : <Part dataset={loaded} version={shown} />)}
      </Loaded>
      {asking === 'describe' && dataset && <DescribeDialog dataset={name} description={dataset.description} onClose={close} />}
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
    </Page>
  )
}

function Part({ dataset, version }: { dataset: Dataset; version: number }) {
  const { tab, from = 0, compare, version: asked } = route.useSearch()
  const navigate = route.useNavigate()
  const profile = useQuery({ ...profileQuery(dataset.name, version), enabled: tab === undefined || tab === 'correlations' })
  if (tab === 'preview') {
    const move = (next: number) => void navigate({ search: { tab, ...(asked && { version: asked }), ...(next > 0 && { from: next }) }, replace: true })
    return <Preview key={version} dataset={dataset.name} version={version} from={from} onMove={move} />
  }
  if (tab === 'versions') {
    const show = (pair: [number, number] | null) => void navigate({ search: { tab, ...(pair && { compare: pair }) } })
    return <Versions dataset={dataset.name} compare={compare} onCompare={show} />
  }
  if (tab === 'lineage') return <Lineage dataset={dataset.name} />
  return (
    <Loaded query={profile} waiting={<Card><Skeleton lines={8} block /></Card>}>
      {(loaded) =>
        tab === 'correlations' ? (
          <Correlations profile={loaded} />
        ) : (
          <>
            <ProfileTable profile={loaded} />
            <Use dataset={dataset} version={version} />
          </>
        )
      }
    </Loaded>
  )
}

interface MoreProps {
  dataset: string
  version: number | null
  onDescribe: () => void
  onDelete: () => void
}

function More({ dataset, version, onDescribe, onDelete }: MoreProps) {
  const refused = { export: useRefusal('dataset:export'), write: useRefusal('dataset:write'), delete: useRefusal('dataset:delete') }
  const guarded = (refusal: string | null, action: () => void) => () => (refusal === null ? action() : tellProblem(new Error(refusal)))
  const save = (format: 'csv' | 'parquet') => {
    const path = `/api/v1/datasets/${encodeURIComponent(dataset)}/versions/${version}/download?format=${format}`
    void download(path, `${dataset}-v${version}.${format}`).catch(tellProblem)
  }
  return (
    <Menu trigger={<Button icon={<Ellipsis />} label="More" />}>
      {version !== null && (
        <>
          <MenuItem icon={<Download />} onSelect={guarded(refused.export, () => save('csv'))}>Download as CSV</MenuItem>
          <MenuItem icon={<Download />} onSelect={guarded(refused.export, () => save('parquet'))}>Download as Parquet</MenuItem>
        </>
      )}
      <MenuItem icon={<Pencil />} onSelect={guarded(refused.write, onDescribe)}>Describe</MenuItem>
      <MenuItem icon={<Trash2 />} danger onSelect={guarded(refused.delete, onDelete)}>Delete</MenuItem>
    </Menu>
  )
}
