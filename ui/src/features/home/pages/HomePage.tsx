import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import { useMe } from '@/access'
import { Ago, ButtonLink, Card, Grid, Loaded, Page, ProgressBar, Skeleton, Status, Table, type Column } from '@/components'
import { datasetsQuery } from '@/features/datasets'
import { deploymentsQuery } from '@/features/deployments'
import { experimentsQuery } from '@/features/experiments'
import { jobsQuery, kindName } from '@/features/jobs'
import { modelsQuery } from '@/features/models'
import { count } from '@/format'

import styles from '../components/home.module.css'
import { Ways } from '../components/Ways'

const SHOWN = 6
const few = { limit: SHOWN }

export default function HomePage() {
  const me = useMe()
  const experiments = useItems(useInfiniteQuery(experimentsQuery(few)))
  const datasets = useItems(useInfiniteQuery(datasetsQuery(few)))
  const models = useItems(useInfiniteQuery(modelsQuery(few)))
  const deployments = useItems(useInfiniteQuery(deploymentsQuery(few)))
  const jobs = useItems(useInfiniteQuery(jobsQuery(few)))
  const all = [experiments, datasets, models, deployments, jobs]
  const known = all.every(({ data }) => data !== undefined)
  // The experiment "Default" is there from the start.
  const fresh = known && datasets.data?.length === 0 && models.data?.length === 0 && (experiments.data?.length ?? 0) <= 1
  const name = me?.user.name || me?.user.email.split('@')[0]
  return (
    <Page title={name ? `Hello ${name}` : 'Hello'} subtitle={fresh ? 'Three ways to begin.' : me?.tenant.name}>
      {fresh && <Ways />}
      {!fresh && (
        <Grid least={420}>
          <List title="Experiments" to="/experiments" query={experiments} rowKey={({ id }) => String(id)} columns={[
            { header: 'Name', cell: ({ id, name }) => <Link to="/experiments/$experimentId" params={{ experimentId: String(id) }}>{name}</Link> },
            { header: 'Changed', tight: true, cell: ({ updated_at }) => <Ago time={updated_at} /> },
          ]} />
          <List title="Jobs" to="/jobs" query={jobs} rowKey={({ id }) => id} columns={[
            { header: 'Job', cell: ({ id, kind, state, progress }) => (
              <>
                <Link to="/jobs/$jobId" params={{ jobId: id }}>{kindName(kind)}</Link>
                {state === 'running' && <ProgressBar fraction={progress.fraction} label={progress.message || 'Progress'} />}
              </>
            ) },
            { header: 'State', tight: true, cell: ({ state }) => <Status state={state} /> },
            { header: 'Created', tight: true, cell: ({ created_at }) => <Ago time={created_at} /> },
          ]} />
          <List title="Data sets" to="/datasets" query={datasets} rowKey={({ id }) => id} columns={[
            { header: 'Name', cell: ({ name }) => <Link to="/datasets/$dataset" params={{ dataset: name }}>{name}</Link> },
            { header: 'Rows', number: true, cell: ({ rows }) => count(rows) },
            { header: 'Created', tight: true, cell: ({ created_at }) => <Ago time={created_at} /> },
          ]} />
          <List title="Models" to="/models" query={models} rowKey={({ id }) => id} columns={[
            { header: 'Name', cell: ({ name }) => <Link to="/models/$name" params={{ name }}>{name}</Link> },
            { header: 'Latest', tight: true, cell: ({ latest_version }) => (latest_version ? `v${latest_version}` : '–') },
            { header: 'Changed', tight: true, cell: ({ updated_at }) => <Ago time={updated_at} /> },
          ]} />
          <List title="Deployments" to="/deployments" query={deployments} rowKey={({ id }) => id} columns={[
            { header: 'Name', cell: ({ name }) => <Link to="/deployments/$name" params={{ name }}>{name}</Link> },
            { header: 'State', tight: true, cell: ({ state }) => <Status state={state} /> },
          ]} />
        </Grid>
      )}
    </Page>
  )
}

interface Items<Row> {
  data: Row[] | undefined
  error: unknown
  refetch: () => unknown
}

function useItems<Row>(query: { data: { pages: { items: Row[] }[] } | undefined; error: unknown; refetch: () => unknown }): Items<Row> {
  return { data: query.data?.pages[0]?.items, error: query.error, refetch: query.refetch }
}

interface ListProps<Row> {
  title: string
  to: '/experiments' | '/jobs' | '/datasets' | '/models' | '/deployments'
  query: Items<Row>
  columns: Column<Row>[]
  rowKey: (row: Row) => string
}

function List<Row>({ title, to, query, columns, rowKey }: ListProps<Row>): ReactNode {
  return (
    <Card title={title} flush actions={<ButtonLink small look="quiet" to={to}>All</ButtonLink>}>
      <Loaded query={query} waiting={<Skeleton lines={4} />}>
        {(rows) => (rows.length === 0 ? <p className={styles['none']}>None yet.</p> : <Table label={title} columns={columns} rows={rows} rowKey={rowKey} />)}
      </Loaded>
    </Card>
  )
}
