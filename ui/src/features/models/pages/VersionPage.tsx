import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Download, Ellipsis, Pencil, Rocket, Trash2 } from 'lucide-react'
import { useState } from 'react'

import { ActionButton, useRefusal } from '@/access'
import { download } from '@/api'
import { Button, Columns, ConfirmDelete, Grid, Loaded, Menu, MenuItem, Page, tell, tellProblem } from '@/components'
import { Evaluation, reportQuery } from '@/features/automl'
import { DeployDialog } from '@/features/deployments'
import { Explanations, type ExplainSearch } from '@/features/explain'

import { useDeleteVersion, useDescribeVersion, versionQuery, type ModelVersion } from '../api'
import { EditDialog } from '../components/EditDialog'
import { ExampleCard, FactsCard, FilesCard, LoadCard, MeasuredCard, OriginCard, ParamsCard, SignatureCard } from '../components/VersionCards'

const route = getRouteApi('/inside/models/$name/$version')

export default function VersionPage() {
  const { name, version } = route.useParams()
  const query = useQuery(versionQuery(name, version))
  const [asking, setAsking] = useState<'deploy' | 'edit' | 'delete' | null>(null)
  const [saving, setSaving] = useState(false)
  const close = () => setAsking(null)
  const save = () => {
    setSaving(true)
    void download(`/api/v1/models/${encodeURIComponent(name)}/versions/${version}/download`, `${name}-v${version}.zip`)
      .catch(tellProblem)
      .finally(() => setSaving(false))
  }
  return (
    <Page
      title={`${name} v${version}`}
      crumbs={[<Link key="all" to="/models" search={{}}>Models</Link>, <Link key="up" to="/models/$name" params={{ name }} search={{}}>{name}</Link>]}
      actions={
        <>
          <ActionButton permission="deployment:write" look="primary" icon={<Rocket />} onClick={() => setAsking('deploy')}>
            Deploy
          </ActionButton>
          <Button icon={<Download />} disabled={saving} onClick={save}>
            {saving ? 'Downloading…' : 'Download'}
          </Button>
          <More onAsk={setAsking} />
        </>
      }
    >
      <Loaded query={query}>
        {(loaded) => (
          <>
            <Version version={loaded} />
            {asking === 'edit' && <Edit version={loaded} onClose={close} />}
          </>
        )}
      </Loaded>
      {asking === 'deploy' && <DeployDialog model={name} version={Number(version)} onClose={close} />}
      <DeleteVersion name={name} version={Number(version)} open={asking === 'delete'} onClose={close} />
    </Page>
  )
}

function Version({ version }: { version: ModelVersion }) {
  const report = useQuery(reportQuery(version.model, version.version))
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const show = (changed: ExplainSearch) => void navigate({ search: changed, replace: true, resetScroll: false })
  return (
    <>
      <Columns>
        <FactsCard version={version} />
        <OriginCard version={version} />
        <MeasuredCard version={version} />
        <ParamsCard version={version} />
        <LoadCard version={version} />
      </Columns>
      {report.data && <Evaluation report={report.data} />}
      {report.data !== undefined && version.files.length > 0 && (
        <Explanations
          key={version.id}
          name={version.model}
          version={version.version}
          target={version.params['target']}
          inputs={version.signature?.inputs ?? []}
          example={version.input_example}
          hints={report.data?.inputs ?? []}
          search={search}
          onSearch={show}
        />
      )}
      <Grid least={340}>
        <SignatureCard version={version} />
        <ExampleCard version={version} />
        <FilesCard version={version} />
      </Grid>
    </>
  )
}

function More({ onAsk }: { onAsk: (what: 'edit' | 'delete') => void }) {
  const [write, remove] = [useRefusal('model:write'), useRefusal('model:delete')]
  const guarded = (refusal: string | null, what: 'edit' | 'delete') => () => (refusal === null ? onAsk(what) : tellProblem(new Error(refusal)))
  return (
    <Menu trigger={<Button icon={<Ellipsis />} label="More" />}>
      <MenuItem icon={<Pencil />} onSelect={guarded(write, 'edit')}>Edit description and tags</MenuItem>
      <MenuItem icon={<Trash2 />} danger onSelect={guarded(remove, 'delete')}>Delete this version</MenuItem>
    </Menu>
  )
}

function Edit({ version, onClose }: { version: ModelVersion; onClose: () => void }) {
  const describe = useDescribeVersion(version.model)
  const { version: number, description, tags } = version
  return (
    <EditDialog
      title={`Edit ${version.model} v${number}`}
      description={description}
      tags={tags}
      busy={describe.isPending}
      error={describe.error}
      onClose={onClose}
      onSave={(changed) =>
        describe.mutate({ version: number, ...changed }, {
          onSuccess: () => {
            onClose()
            tell('Saved.', () => describe.mutate({ version: number, description, tags }))
          },
        })
      }
    />
  )
}

function DeleteVersion({ name, version, open, onClose }: { name: string; version: number; open: boolean; onClose: () => void }) {
  const navigate = route.useNavigate()
  const remove = useDeleteVersion(name)
  return (
    <ConfirmDelete
      open={open}
      onClose={onClose}
      name={`version ${version}`}
      told="Its files are gone then, there is no way back, and its number is never used again. A version that a deployment serves stays."
      remove={() => remove.mutateAsync(version)}
      onGone={() => {
        tell(`${name} v${version} is gone.`)
        void navigate({ to: '/models/$name', params: { name }, search: {} })
      }}
    />
  )
}
