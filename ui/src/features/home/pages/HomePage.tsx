import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'

import { useMe } from '@/access'
import { Ago, Columns, Page, Skeleton, Status } from '@/components'
import { datasetsQuery, type Dataset } from '@/features/datasets'
import { deploymentsQuery, type Deployment } from '@/features/deployments'
import { experimentsQuery } from '@/features/experiments'
import { jobsQuery } from '@/features/jobs'
import { modelsQuery, type Model } from '@/features/models'
import { count } from '@/format'

import { overviewQuery } from '../api'
import { Changes } from '../components/Changes'
import { List, type Items } from '../components/List'
import { Running } from '../components/Running'

// Seen by a tenant without anything yet, and never again.
const Ways = lazy(() => import('../components/Ways'))

const few = { limit: 6 }

export default function HomePage() {
  const me = useMe()
  const overview = useQuery(overviewQuery)
  const name = me?.user.name || me?.user.email.split('@')[0]
  const { runs, changes } = overview.data ?? {}
  const running = useItems(useInfiniteQuery(jobsQuery({ state: 'running', limit: 5 })))
  const experiments = useItems(useInfiniteQuery(experimentsQuery(few)))
  const datasets = useItems(useInfiniteQuery(datasetsQuery(few)))
  const models = useItems(useInfiniteQuery(modelsQuery(few)))
  const deployments = useItems(useInfiniteQuery(deploymentsQuery(few)))
  // Cards of unknown height one after the other would push each other about: all of them come in one picture.
  const known = [overview, running, experiments, datasets, models, deployments].every(({ data, error }) => data !== undefined || error !== null)
  // The experiment "Default" is there from the start.
  const fresh = runs?.length === 0 && changes?.length === 0 && (experiments.data?.length ?? 2) <= 1
  return (
    <Page title={name ? `Hello ${name}` : 'Hello'} subtitle={known && fresh ? 'Three ways to begin.' : (me?.tenant.name ?? '\u00a0')}>
      {!known && <Skeleton lines={10} />}
      {known && fresh && (
        <Suspense fallback={<Skeleton lines={10} />}>
          <Ways />
        </Suspense>
      )}
      {known && !fresh && (
        <>
          <Running jobs={running.data ?? []} />
          <Columns least={420}>
            <List
              title="Recent runs"
              to="/experiments"
              query={{ ...overview, data: runs }}
              none="None yet. A training script that logs here shows up at once."
              rowKey={({ id }) => id}
              columns={[
                { header: 'Run', cell: (run) => <Link to="/runs/$runId" params={{ runId: run.id }}>{run.name}</Link> },
                { header: 'Experiment', wide: true, cell: (run) => <Link to="/experiments/$experimentId" params={{ experimentId: String(run.experiment_id) }}>{run.experiment}</Link> },
                { header: 'State', tight: true, cell: ({ status }) => <Status state={status} /> },
                { header: 'Started', tight: true, cell: ({ started_at }) => <Ago time={started_at} /> },
              ]}
            />
            {changes && changes.length > 0 && <Changes changes={changes} />}
            <List
              title="Experiments"
              to="/experiments"
              query={experiments}
              none="None yet."
              rowKey={({ id }) => String(id)}
              columns={[
                { header: 'Name', cell: ({ id, name: named }) => <Link to="/experiments/$experimentId" params={{ experimentId: String(id) }}>{named}</Link> },
                { header: 'Changed', tight: true, cell: ({ updated_at }) => <Ago time={updated_at} /> },
              ]}
            />
            <Things datasets={datasets} models={models} deployments={deployments} />
          </Columns>
        </>
      )}
    </Page>
  )
}

/** Data sets, models and deployments. */
function Things({ datasets, models, deployments }: { datasets: Items<Dataset>; models: Items<Model>; deployments: Items<Deployment> }) {
  return (
    <>
      <List
        title="Data sets"
        to="/datasets"
        query={datasets}
        none={<>None yet. <Link to="/datasets">Upload a table</Link> to see its profile.</>}
        rowKey={({ id }) => id}
        columns={[
          { header: 'Name', cell: ({ name }) => <Link to="/datasets/$dataset" params={{ dataset: name }}>{name}</Link> },
          { header: 'Rows', number: true, cell: ({ rows }) => count(rows) },
          { header: 'Created', tight: true, cell: ({ created_at }) => <Ago time={created_at} /> },
        ]}
      />
      <List
        title="Models"
        to="/models"
        query={models}
        none={<>None yet. An <Link to="/automl/new">AutoML search</Link> registers its winner.</>}
        rowKey={({ id }) => id}
        columns={[
          { header: 'Name', cell: ({ name }) => <Link to="/models/$name" params={{ name }}>{name}</Link> },
          { header: 'Latest', tight: true, cell: ({ latest_version }) => (latest_version ? `v${latest_version}` : '–') },
          { header: 'Changed', tight: true, cell: ({ updated_at }) => <Ago time={updated_at} /> },
        ]}
      />
      <List
        title="Deployments"
        to="/deployments"
        query={deployments}
        none="None yet. A model's version page deploys it."
        rowKey={({ id }) => id}
        columns={[
          { header: 'Name', cell: ({ name }) => <Link to="/deployments/$name" params={{ name }}>{name}</Link> },
          { header: 'State', tight: true, cell: ({ state }) => <Status state={state} /> },
        ]}
      />
    </>
  )
}

function useItems<Row>(query: { data: { pages: { items: Row[] }[] } | undefined; error: unknown; refetch: () => unknown }): Items<Row> {
  return { data: query.data?.pages[0]?.items, error: query.error, refetch: query.refetch }
}
