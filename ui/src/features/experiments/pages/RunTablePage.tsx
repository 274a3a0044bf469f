import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'

import { Button, Card, Chip, CopyButton, Loaded, Page, Skeleton } from '@/components'
import { plural } from '@/format'

import { experimentQuery } from '../api'
import { moved } from '../columns'
import { ColumnPicker } from '../components/ColumnPicker'
import { ExportMenu } from '../components/ExportMenu'
import { GroupDialog } from '../components/GroupDialog'
import { GroupTable } from '../components/GroupTable'
import { NoRuns } from '../components/NoRuns'
import { RunGrid } from '../components/RunGrid'
import { SelectionBar } from '../components/SelectionBar'
import { Toolbar } from '../components/Toolbar'
import { ViewsMenu } from '../components/ViewsMenu'
import { useTableKeys } from '../keyboard'
import { useRows } from '../rows'
import type { RunTableSearch } from '../search'
import { useSelection } from '../selection'
import { useColumns, useLastView, useShown } from '../table'

const route = getRouteApi('/inside/experiments/$experimentId')

export default function RunTablePage() {
  const { experimentId } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const experiment = useQuery(experimentQuery(experimentId))
  const rows = useRows(experimentId, search)
  const { keys, shown, pinned, columns } = useColumns(experimentId, search, rows.known)
  const all = useMemo(() => [...columns.pinned, ...columns.free], [columns])
  const values = useShown(search, rows.known, all)
  const { selected, set, select, clear } = useSelection(rows.at)
  const [asking, setAsking] = useState<'columns' | 'group' | null>(null)
  const [active, setActive] = useState<number | null>(null)

  const change = useCallback(
    (part: Partial<RunTableSearch>) =>
      void navigate({
        search: (before) =>
          Object.fromEntries(Object.entries({ ...before, ...part }).filter(([, value]) => value !== undefined && value !== '')),
        replace: true,
      }),
    [navigate],
  )
  const resize = useCallback(
    (id: string, width: number | undefined) => {
      const { [id]: _before, ...others } = search.widths ?? {}
      change({ widths: width === undefined ? (Object.keys(others).length > 0 ? others : undefined) : { ...others, [id]: width } })
    },
    [change, search.widths],
  )
  const open = useCallback((next: RunTableSearch) => void navigate({ search: next }), [navigate])
  useLastView(experimentId, search, open)
  const keyboard = useMemo(
    () => ({
      count: rows.count,
      active,
      onActive: setActive,
      onSelect: (index: number) => select(index, !selected.has(rows.at(index)?.id ?? ''), false),
      onOpen: (index: number) => {
        const runId = rows.at(index)?.id
        if (runId) void navigate({ to: '/runs/$runId', params: { runId }, search: {} })
      },
    }),
    [active, navigate, rows, select, selected],
  )
  useTableKeys(keyboard)
  const sort = (key: string) =>
    change(search.sort !== key ? { sort: key, asc: undefined } : search.asc ? { sort: undefined, asc: undefined } : { asc: true })
  const title = experiment.data?.name ?? `Experiment ${experimentId}`
  const filtered = Boolean(search.filter ?? search.status ?? search.view)

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
      actions={rows.arrived > 0 && (
        <Button look="primary" small onClick={rows.showArrived}>
          Show {plural(rows.arrived, 'new run')}
        </Button>
      )}
    >
      <Toolbar search={search} onSearch={change} keys={keys} error={rows.error} onColumns={() => setAsking('columns')} onGroup={() => setAsking('group')}>
        <ViewsMenu experimentId={experimentId} search={search} onOpen={open} />
        <ExportMenu experimentId={experimentId} name={title} search={search} columns={shown} />
      </Toolbar>
      <Loaded
        query={{ data: rows.ready || rows.filterWrong || undefined, error: rows.error, refetch: rows.retry }}
        waiting={<Card><Skeleton lines={10} /></Card>}
      >
        {() =>
          rows.count === 0 ? (
            <NoRuns filtered={filtered} experiment={title} onClear={() => change({ filter: undefined, status: undefined, view: undefined })} />
          ) : search.group ? (
            <GroupTable experimentId={experimentId} search={search} by={search.group} metrics={all.flatMap(({ group, label }) => (group === 'metrics' ? [label] : []))} onOpen={open} />
          ) : (
            <RunGrid
              count={rows.count}
              at={rows.at}
              pinned={columns.pinned}
              columns={columns.free}
              widths={search.widths}
              onResize={resize}
              selected={selected}
              onSelect={select}
              active={active}
              shown={values}
              places={rows.places}
              onPages={rows.onPages}
              all={rows.known.length > 0 && rows.known.every(({ id }) => selected.has(id))}
              onAll={(on) => set(rows.known.map(({ id }) => id), on)}
              sort={{ key: search.sort, asc: search.asc === true }}
              onSort={sort}
              order={shown}
              onMove={(id, target) => change({ columns: moved(shown, id, target), pinned: pinned.includes(target) && !pinned.includes(id) ? [...pinned, id] : search.pinned })}
              values={search.values}
              goals={search.goals}
              onGoal={(key, goal) => change({ goals: { ...search.goals, [key]: goal } })}
            />
          )
        }
      </Loaded>
      {selected.size > 0 && (
        <SelectionBar
          runIds={[...selected]}
          inTrash={search.view === 'deleted'}
          onClear={clear}
          onBaseline={(baseline) => {
            change({ baseline })
            clear()
          }}
        />
      )}
      {asking === 'columns' && (
        <ColumnPicker keys={keys} shown={shown} pinned={pinned} onChange={(columns, held) => change({ columns, pinned: held.length > 0 ? held : undefined })} onClose={() => setAsking(null)} />
      )}
      {asking === 'group' && (
        <GroupDialog keys={keys} chosen={search.group ?? []} onChange={(group) => change({ group })} onClose={() => setAsking(null)} />
      )}
    </Page>
  )
}
