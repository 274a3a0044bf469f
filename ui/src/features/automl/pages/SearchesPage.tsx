import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Plus, Scale, WandSparkles } from 'lucide-react'

import { Ago, ButtonLink, Card, Empty, Loaded, Page, ProgressBar, Status, Table, type Column } from '@/components'
import { metric } from '@/format'

import { searchesQuery, type Progress } from '../api'
import { scoreOf } from '../metrics'

export default function SearchesPage() {
  const query = useInfiniteQuery(searchesQuery())
  const items = query.data?.pages.flatMap((page) => page.items)
  const start = (
    <>
      <ButtonLink icon={<Scale />} to="/automl/ledger">Value ledger</ButtonLink>
      <ButtonLink look="primary" icon={<Plus />} to="/automl/new">New search</ButtonLink>
    </>
  )
  return (
    <Page title="AutoML" subtitle="The best model of a table, within the time you give." actions={start}>
      <Card flush>
        <Loaded query={{ ...query, data: items }}>
          {(searches) =>
            searches.length === 0 ? (
              <Empty icon={<WandSparkles />} title="No search yet" code="maestro automl train titanic.csv --target survived">
                Choose a table and the column to predict. Everything that is tried is shown, and the winner becomes a registered model.
              </Empty>
            ) : (
              <Table label="Searches" columns={COLUMNS} rows={searches} rowKey={({ job_id }) => job_id} more={query.hasNextPage && (() => void query.fetchNextPage())} />
            )
          }
        </Loaded>
      </Card>
    </Page>
  )
}

const COLUMNS: Column<Progress>[] = [
  {
    header: 'Search',
    cell: ({ job_id, request, dataset }) => (
      <Link to="/automl/$jobId" params={{ jobId: job_id }}>
        {request.target} of {dataset}
      </Link>
    ),
  },
  { header: 'State', tight: true, cell: ({ status }) => <Status state={status} /> },
  {
    header: 'Progress',
    wide: true,
    cell: ({ status, progress, finished }) =>
      status === 'running' ? <ProgressBar fraction={progress} label="Progress" /> : `${finished} configurations`,
  },
  { header: 'Best', wide: true, cell: ({ current_best }) => current_best?.name ?? '–' },
  {
    header: 'Score',
    number: true,
    cell: ({ current_best, metric: name, request }) => (current_best ? metric(scoreOf(name ?? request.metric, current_best.score)) : '–'),
  },
  { header: 'Started', tight: true, wide: true, cell: ({ created_at }) => <Ago time={created_at} /> },
]
