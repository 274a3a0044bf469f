import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { FlaskConical } from 'lucide-react'
import { useCallback, useMemo, useState } from 'react'

import { address } from '@/api'
import { Button, Card, Chip, CopyButton, Empty, Loaded, Page, Skeleton } from '@/components'
import { plural } from '@/format'

import { experimentQuery } from '../api'
import { columnOf, defaultColumns, keysOf, toCsv } from '../columns'
import { ColumnPicker } from '../components/ColumnPicker'
import { RunGrid } from '../components/RunGrid'
import { SelectionBar } from '../components/SelectionBar'
import { Toolbar } from '../components/Toolbar'
import { useRows } from '../rows'
import { save } from '../save'
import type { RunTableSearch } from '../search'

const route = getRouteApi('/inside/experiments/$experimentId')

export default function RunTablePage() {
  const { experimentId } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const experiment = useQuery(experimentQuery(experimentId))
  const rows = useRows(experimentId, search)
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [choosing, setChoosing] = useState(false)

  const change = useCallback(
    (part: Partial<RunTableSearch>) =>
      void navigate({
        search: (before) =>
          Object.fromEntries(Object.entries({ ...before, ...part }).filter(([, value]) => value !== undefined && value !== '')),
        replace: true,
      }),
    [navigate],
  )
  const select = useCallback(
    (runIds: string[], on: boolean) =>
      setSelected((before) => (on ? new Set([...before, ...runIds]) : new Set([...before].filter((id) => !runIds.includes(id))))),
    [],
  )
  const keys = useMemo(() => keysOf(rows.runs), [rows.runs])
  const shown = search.columns ?? defaultColumns(rows.runs.slice(0, 100), keys)
  const shownIds = shown.join('\n')
  const columns = useMemo(() => shownIds.split('\n').map(columnOf).filter((column) => column !== null), [shownIds])
  const sort = (key: string | undefined) =>
    change(search.sort !== key ? { sort: key, asc: undefined } : search.asc ? { sort: undefined, asc: undefined } : { asc: true })
  const title = experiment.data?.name ?? `Experiment ${experimentId}`
  const filtered = Boolean(search.filter ?? search.status ?? search.view ?? search.sort)

  return (
    <Page
      wide
      filled
      title={title}
      crumbs={[<Link key="up" to="/experiments">Experiments</Link>]}
      subtitle={
        <>
          Experiment {experimentId} <CopyButton text={experimentId} label="Copy the id" />
          {search.baseline && (
            <Chip strong>
              Differences to the baseline{' '}
              <button type="button" onClick={() => change({ baseline: undefined })}>end</button>
            </Chip>
          )}
        </>
      }
      actions={rows.arrived > 0 && !search.sort && (
        <Button look="primary" small onClick={rows.showArrived}>
          Show {plural(rows.arrived, 'new run')}
        </Button>
      )}
    >
      <Toolbar
        search={search}
        onSearch={change}
        keys={keys}
        error={rows.query.error}
        onColumns={() => setChoosing(true)}
        onExport={() => save(`${title}.csv`, toCsv(rows.runs, columns), 'text/csv')}
      />
      <Loaded query={{ ...rows.query, error: rows.filterWrong ? null : rows.query.error }} waiting={<Card><Skeleton lines={10} /></Card>}>
        {() =>
          rows.runs.length === 0 ? (
            <Nothing filtered={filtered} experiment={title} />
          ) : (
            <RunGrid
              runs={rows.runs}
              columns={columns}
              selected={selected}
              onSelect={select}
              sort={{ key: search.sort, asc: search.asc === true }}
              onSort={sort}
              baseline={rows.runs.find(({ id }) => id === search.baseline)}
              hasMore={rows.hasMore}
              onEnd={rows.more}
            />
          )
        }
      </Loaded>
      {selected.size > 0 && (
        <SelectionBar
          runIds={[...selected]}
          inTrash={search.view === 'deleted'}
          onClear={() => setSelected(new Set())}
          onBaseline={(baseline) => {
            change({ baseline })
            setSelected(new Set())
          }}
        />
      )}
      {choosing && (
        <ColumnPicker keys={keys} shown={shown} onChange={(columns) => change({ columns })} onClose={() => setChoosing(false)} />
      )}
    </Page>
  )
}

function Nothing({ filtered, experiment }: { filtered: boolean; experiment: string }) {
  if (filtered) {
    return (
      <Card>
        <Empty icon={<FlaskConical />} title="No run fits">Widen the search above, or look into the trash.</Empty>
      </Card>
    )
  }
  const code = `import maestro_ml

with maestro_ml.run(${JSON.stringify(experiment)}, config={"lr": 0.01}) as run:
    for step in range(100):
        run.log({"loss": 1 / (step + 1)}, step=step)

# or with MLflow's own client:
# MLFLOW_TRACKING_URI=${address('')} python train.py`
  return (
    <Card>
      <Empty icon={<FlaskConical />} title="No run yet" code={code}>
        Log the first one from any Python program; it appears here while it runs.
      </Empty>
    </Card>
  )
}
