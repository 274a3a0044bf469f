import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Download, Rocket } from 'lucide-react'
import { useState } from 'react'

import { ActionButton, useRefusal } from '@/access'
import { fetchRaw } from '@/api'
import { Ago, BareInput, BareSelect, Button, Card, Chip, Columns, CopyButton, Facts, Loaded, Page, Table, tell, tellProblem } from '@/components'
import { bytes, metric } from '@/format'
import { DeployDialog } from '@/features/deployments'

import { STAGES, useSetAlias, useSetStage, versionQuery, type ModelVersion } from '../api'
import styles from '../components/version.module.css'

const route = getRouteApi('/inside/models/$name/$version')

export default function VersionPage() {
  const { name, version } = route.useParams()
  const query = useQuery(versionQuery(name, version))
  const [deploying, setDeploying] = useState(false)
  const [saving, setSaving] = useState(false)
  const save = async () => {
    setSaving(true)
    try {
      const path = `/api/v1/models/${encodeURIComponent(name)}/versions/${version}/download`
      const url = URL.createObjectURL(await (await fetchRaw(path)).blob())
      Object.assign(document.createElement('a'), { href: url, download: `${name}-v${version}.zip` }).click()
      setTimeout(() => URL.revokeObjectURL(url), 60_000)
    } catch (error) {
      tellProblem(error)
    } finally {
      setSaving(false)
    }
  }
  return (
    <Page
      title={`${name} v${version}`}
      crumbs={[<Link key="all" to="/models">Models</Link>, <Link key="up" to="/models/$name" params={{ name }}>{name}</Link>]}
      actions={
        <>
          <ActionButton permission="deployment:write" look="primary" icon={<Rocket />} onClick={() => setDeploying(true)}>
            Deploy
          </ActionButton>
          <Button icon={<Download />} disabled={saving} onClick={() => void save()}>
            {saving ? 'Downloading…' : 'Download'}
          </Button>
        </>
      }
    >
      <Loaded query={query}>{(loaded) => <Version version={loaded} />}</Loaded>
      {deploying && <DeployDialog model={name} version={Number(version)} onClose={() => setDeploying(false)} />}
    </Page>
  )
}

function Version({ version }: { version: ModelVersion }) {
  const { model, signature } = version
  return (
    <Columns>
      <Card title="Facts">
        <Facts
          items={[
            ['Stage', <StageChoice key="stage" version={version} />],
            ['Aliases', <Aliases key="aliases" version={version} />],
            ['Kind', version.flavor],
            ['Size', `${bytes(version.size_bytes)} in ${version.files.length} files`],
            ['Created', <><Ago time={version.created_at} /> by {version.created_by}</>],
            ['Run', version.source_run_id ? <Link to="/runs/$runId" params={{ runId: version.source_run_id }}>{version.source_run_id}</Link> : '–'],
            ['Hash', <><code>{version.sha256.slice(0, 16)}</code> <CopyButton text={version.sha256} label="Copy the hash" /></>],
            ['Address', <><code>{`models:/${model}/${version.version}`}</code> <CopyButton text={`models:/${model}/${version.version}`} label="Copy the address" /></>],
          ]}
        />
      </Card>
      <Card title="Metrics">
        <Facts items={Object.entries(version.metrics).map(([name, value]) => [name, metric(value)])} />
      </Card>
      {signature && (
        <Card title="Signature" flush>
          <Table
            label="Signature"
            columns={[
              { header: 'Column', cell: ({ name }) => name },
              { header: 'Type', cell: ({ type }) => type },
              { header: 'Role', bare: true, tight: true, cell: ({ out, required }) => (out ? <Chip strong>answer</Chip> : !required && <Chip>may be missing</Chip>) },
            ]}
            rows={[...signature.inputs.map((each) => ({ ...each, out: false })), ...signature.outputs.map((each) => ({ ...each, out: true }))]}
            rowKey={({ name, out }) => `${name} ${out}`}
          />
        </Card>
      )}
      <Card title="Files" flush>
        <Table
          label="Files"
          columns={[
            { header: 'Path', cell: ({ path }) => path },
            { header: 'Size', number: true, cell: ({ size }) => bytes(size) },
          ]}
          rows={version.files}
          rowKey={({ path }) => path}
        />
      </Card>
    </Columns>
  )
}

function StageChoice({ version }: { version: ModelVersion }) {
  const change = useSetStage(version.model)
  const refusal = useRefusal('model:write')
  const choose = (value: string) => {
    const stage = STAGES.find((each) => each === value)
    if (!stage) return
    const before = version.stage
    const undo = () => change.mutate({ version: version.version, stage: before })
    change.mutate({ version: version.version, stage }, { onSuccess: () => tell(`Stage ${stage} now.`, undo), onError: tellProblem })
  }
  return (
    <BareSelect label="Stage" value={version.stage} disabled={refusal !== null || change.isPending} title={refusal ?? undefined} onChange={(event) => choose(event.target.value)}>
      {STAGES.map((stage) => (
        <option key={stage}>{stage}</option>
      ))}
    </BareSelect>
  )
}

function Aliases({ version }: { version: ModelVersion }) {
  const change = useSetAlias(version.model)
  const [alias, setAlias] = useState('')
  const set = () =>
    change.mutate({ alias, version: version.version }, { onSuccess: () => setAlias(''), onError: tellProblem })
  return (
    <div className={styles['aliases']}>
      {version.aliases.map((each) => (
        <Chip key={each} strong>
          @{each}
          <button type="button" aria-label={`Remove @${each}`} onClick={() => change.mutate({ alias: each, version: null }, { onError: tellProblem })}>
            ×
          </button>
        </Chip>
      ))}
      <div className={styles['add']}>
        <BareInput label="New alias" placeholder="champion" value={alias} onChange={(event) => setAlias(event.target.value)} />
        <ActionButton permission="model:write" small disabled={!alias.trim() || change.isPending} onClick={set}>
          Set
        </ActionButton>
      </div>
    </div>
  )
}
