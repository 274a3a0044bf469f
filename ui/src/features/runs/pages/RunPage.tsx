import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { RotateCcw, Trash2 } from 'lucide-react'
import { useMemo } from 'react'

import { ActionButton } from '@/access'
import { chartSearch } from '@/charts'
import { Card, Loaded, Notice, Page, Skeleton, Status, TabLink, Tabs, tell, tellProblem } from '@/components'
import { experimentQuery } from '@/features/experiments'

import { runQuery, useRunLifecycle, type Run } from '../api'
import { Artifacts } from '../components/Artifacts'
import { Children } from '../components/Children'
import { CodePart } from '../components/CodePart'
import { DataPart } from '../components/DataPart'
import { LogsPart } from '../components/LogsPart'
import { OverlaidCharts } from '../components/OverlaidCharts'
import { Overview } from '../components/Overview'
import { TABS, type RunTab } from '../search'
import { isSystem } from '../system'
import { useLiveRun } from '../useLiveRun'

const route = getRouteApi('/inside/runs/$runId')
const NAMES: Record<RunTab, string> = {
  overview: 'Overview',
  charts: 'Charts',
  system: 'System',
  artifacts: 'Files',
  code: 'Code',
  data: 'Data and models',
  logs: 'Logs',
  children: 'Children',
}

export default function RunPage() {
  const { runId } = route.useParams()
  const query = useQuery(runQuery(runId))
  if (!query.data) {
    return (
      <Page title="Run">
        <Loaded query={query} waiting={<Card><Skeleton lines={10} /></Card>}>{() => null}</Loaded>
      </Page>
    )
  }
  return <RunView run={query.data} />
}

function RunView({ run }: { run: Run }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { tab = 'overview', file } = search
  const lifecycle = useRunLifecycle(run.id)
  useLiveRun(run.id, run.status === 'running')
  const experimentId = String(run.experiment_id)
  const experiment = useQuery(experimentQuery(experimentId)).data?.name ?? `Experiment ${experimentId}`
  const charted = useMemo(() => [{ id: run.id, name: run.name, live: run.status === 'running' }], [run.id, run.name, run.status])
  const metrics = useMemo(() => Object.keys(run.metrics).sort((a, b) => a.localeCompare(b)), [run.metrics])
  const deleted = run.lifecycle === 'deleted'
  const change = (action: 'delete' | 'restore') =>
    lifecycle.mutate(action, {
      onSuccess: () =>
        action === 'delete' ? tell(`${run.name} is in the trash.`, () => change('restore')) : tell(`${run.name} is back.`),
      onError: tellProblem,
    })
  return (
    <Page
      title={run.name}
      crumbs={[
        <Link key="all" to="/experiments">Experiments</Link>,
        <Link key="up" to="/experiments/$experimentId" params={{ experimentId }}>{experiment}</Link>,
      ]}
      subtitle={<Status state={run.status} />}
      actions={
        deleted ? (
          <ActionButton key="restore" permission="experiment:write" icon={<RotateCcw />} onClick={() => change('restore')}>Restore</ActionButton>
        ) : (
          <ActionButton key="delete" permission="experiment:delete" look="danger" icon={<Trash2 />} onClick={() => change('delete')}>Delete</ActionButton>
        )
      }
    >
      {deleted && <Notice kind="warning">This run is in the trash. It can be restored until it is deleted for ever.</Notice>}
      <Tabs label="Parts of the run">
        {TABS.map((each) => (
          <TabLink
            key={each}
            to="/runs/$runId"
            params={{ runId: run.id }}
            search={each === 'overview' ? {} : { tab: each }}
            current={each === tab}
          >
            {NAMES[each]}
          </TabLink>
        ))}
      </Tabs>
      {tab === 'overview' && <Overview run={run} experiment={experiment} />}
      {(tab === 'charts' || tab === 'system') && (
        <OverlaidCharts
          runs={charted}
          metrics={metrics.filter((key) => isSystem(key) === (tab === 'system'))}
          search={search}
          onSearch={(charts) => void navigate({ search: { tab, ...chartSearch({ ...charts }) }, replace: true })}
        />
      )}
      {tab === 'artifacts' && <Artifacts runId={run.id} file={file} />}
      {tab === 'code' && <CodePart run={run} />}
      {tab === 'data' && <DataPart runId={run.id} />}
      {tab === 'logs' && <LogsPart run={run} />}
      {tab === 'children' && <Children runId={run.id} />}
    </Page>
  )
}
