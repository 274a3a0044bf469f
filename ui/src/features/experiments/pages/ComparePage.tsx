import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { GitCompareArrows } from 'lucide-react'

import { Button, ButtonLink, Card, Empty, Loaded, Page, Status } from '@/components'
import { between, metric, plural } from '@/format'
import { OverlaidCharts } from '@/features/runs'

import { comparisonQuery, type Comparison } from '../api'
import styles from '../components/compare.module.css'
import { CompareCharts } from '../components/CompareCharts'
import { compareSearch, type CompareSearch } from '../search'

const route = getRouteApi('/inside/compare')

export default function ComparePage() {
  const search = route.useSearch()
  const { runs, all } = search
  const navigate = route.useNavigate()
  const query = useQuery(comparisonQuery(runs))
  const change = (part: Partial<CompareSearch>) =>
    void navigate({ search: (before) => compareSearch(Object.fromEntries(Object.entries({ ...before, ...part }).filter(([, value]) => value !== undefined))), replace: true })
  if (runs.length === 0) {
    const action = <ButtonLink to="/experiments" look="primary">Choose an experiment</ButtonLink>
    return (
      <Page title="Compare runs">
        <Card>
          <Empty icon={<GitCompareArrows />} title="No runs to compare" action={action}>
            Select two or more in a run table, then press Compare.
          </Empty>
        </Card>
      </Page>
    )
  }
  return (
    <Page
      wide
      title={`Compare ${plural(runs.length, 'run')}`}
      crumbs={[<Link key="up" to="/experiments">Experiments</Link>]}
      actions={
        <Button aria-pressed={all === true} onClick={() => change({ all: all ? undefined : true } as Partial<CompareSearch>)}>
          {all ? 'Only what differs' : 'Show what is equal, too'}
        </Button>
      }
    >
      <Loaded query={query}>
        {(comparison) => (
          <>
            <Card title="Params and metrics" flush>
              <ComparisonTable comparison={comparison} all={all === true} />
            </Card>
            <CompareCharts comparison={comparison} search={search} onSearch={change} />
            <OverlaidCharts
              runs={comparison.runs.map(({ id, name, status }) => ({ id, name, live: status === 'running' }))}
              metrics={comparison.metrics.map(({ key }) => key)}
              search={search}
              onSearch={({ x, smooth, log, find }) => change({ x, smooth, log, find } as Partial<CompareSearch>)}
            />
          </>
        )}
      </Loaded>
    </Page>
  )
}

function ComparisonTable({ comparison, all }: { comparison: Comparison; all: boolean }) {
  const { runs } = comparison
  const shown = <Row extends { differs: boolean }>(rows: Row[]) => (all ? rows : rows.filter(({ differs }) => differs))
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard
    <div className={styles['frame']} tabIndex={0} role="region" aria-label="Comparison">
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col">Run</th>
            {runs.map(({ id, name }, index) => (
              <th key={id} scope="col">
                <span className={styles['mark']} style={{ background: `var(--chart-${(index % 8) + 1})` }} />
                <Link to="/runs/$runId" params={{ runId: id }}>{name}</Link>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Line name="Status" cells={runs.map(({ status }) => <Status key="s" state={status} />)} />
          <Line name="Duration" cells={runs.map((run) => between(run.started_at, run.ended_at))} />
          {shown(comparison.metrics).map(({ key, values, differs }) => (
            <Line key={`m-${key}`} name={key} differs={differs} cells={values.map(metric)} />
          ))}
          {shown(comparison.params).map(({ key, values, differs }) => (
            <Line key={`p-${key}`} name={key} differs={differs} cells={values.map((value) => value ?? '–')} />
          ))}
          {all && shown(comparison.tags).map(({ key, values, differs }) => (
            <Line key={`t-${key}`} name={key} differs={differs} cells={values.map((value) => value ?? '–')} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Line({ name, cells, differs = true }: { name: string; cells: React.ReactNode[]; differs?: boolean }) {
  return (
    <tr className={differs ? undefined : styles['equal']}>
      <th scope="row">{name}</th>
      {cells.map((cell, index) => (
        <td key={index}>{cell}</td>
      ))}
    </tr>
  )
}
