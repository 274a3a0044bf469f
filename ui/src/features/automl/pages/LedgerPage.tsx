import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { History } from 'lucide-react'

import { Ago, Card, Chip, Empty, Loaded, Page, Table, type Column } from '@/components'
import { metric, percent, plural, span } from '@/format'

import { ledgerQuery, pastSearchesQuery, type PastSearch } from '../api'
import { Forget } from '../components/Forget'
import { Effects, TooEarly } from '../components/Ledger'
import { metricName, scoreOf } from '../metrics'

export default function LedgerPage() {
  const ledger = useQuery(ledgerQuery)
  const past = useInfiniteQuery(pastSearchesQuery)
  const items = past.data?.pages.flatMap((page) => page.items)
  return (
    <Page
      title="Value ledger"
      crumbs={[<Link key="up" to="/automl">AutoML</Link>]}
      subtitle="What it is worth that searches begin with what earlier ones found, measured against searches that were drawn to begin without."
    >
      <Loaded query={ledger}>{(loaded) => (loaded.state === 'measured' ? <Effects ledger={loaded} /> : <TooEarly ledger={loaded} />)}</Loaded>
      <Card title="Searches that are remembered" flush>
        <Loaded query={{ ...past, data: items }}>
          {(searches) =>
            searches.length === 0 ? (
              <Empty icon={<History />} title="Nothing is remembered yet">
                Each search that ends leaves its configurations and their scores, and no row of its table.
              </Empty>
            ) : (
              <Table label="Remembered searches" columns={COLUMNS} rows={searches} rowKey={({ id }) => id} more={past.hasNextPage && (() => void past.fetchNextPage())} loadingMore={past.isFetchingNextPage} />
            )
          }
        </Loaded>
      </Card>
    </Page>
  )
}

const SOURCES: Record<PastSearch['source'], string> = { history: 'earlier searches', public: 'public tables', defaults: 'fixed list' }

const COLUMNS: Column<PastSearch>[] = [
  { header: 'Search', cell: ({ id, target, dataset }) => <Link to="/automl/$jobId" params={{ jobId: id }}>{`${target} of ${dataset}`}</Link> },
  { header: 'Drawn', tight: true, cell: ({ arm, propensity }) => <Drawn arm={arm} propensity={propensity} /> },
  { header: 'Began with', wide: true, cell: ({ source }) => SOURCES[source] },
  { header: 'Best', number: true, wide: true, cell: ({ best_score, metric: name }) => <span title={metricName(name)}>{metric(scoreOf(name, best_score))}</span> },
  { header: 'To the score', number: true, wide: true, cell: (search) => <Until search={search} /> },
  { header: 'Ended', tight: true, wide: true, cell: ({ finished_at }) => <Ago time={finished_at} /> },
  { header: 'Actions', bare: true, tight: true, cell: (search) => <Forget search={search} /> },
]

function Drawn({ arm, propensity }: Pick<PastSearch, 'arm' | 'propensity'>) {
  if (arm === null) return <span title="Too few earlier searches, or it was asked to begin without: it is in no comparison.">not drawn</span>
  const chance = propensity === null ? undefined : `drawn with a chance of ${percent(propensity)}`
  return <Chip strong={arm === 'warm'} title={chance}>{arm}</Chip>
}

/** What it took until the score that counts; to its end, where it never had it. */
function Until({ search: { reached, evaluations_needed: evaluations, seconds_needed: seconds } }: { search: PastSearch }) {
  return (
    <span title={reached ? 'It reached the score' : 'It never reached the score, so it counts to its end'}>
      {reached ? '' : 'not in '}
      {plural(evaluations, 'trial')}, {span(seconds)}
    </span>
  )
}
