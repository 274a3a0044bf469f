import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Ban } from 'lucide-react'

import { ActionButton } from '@/access'
import { ButtonLink, Card, Loaded, Notice, Page, ProgressBar, Status, Table, tellProblem } from '@/components'
import { metric, plural } from '@/format'

import { isGoing, resultsQuery, searchQuery, useCancelSearch, type Progress } from '../api'
import { Results } from '../components/Results'
import styles from '../components/automl.module.css'
import { scoreOf } from '../metrics'

const route = getRouteApi('/inside/automl/$jobId')

export default function SearchPage() {
  const { jobId } = route.useParams()
  const query = useQuery(searchQuery(jobId))
  const search = query.data
  const results = useQuery(resultsQuery(jobId, search?.status))
  const cancel = useCancelSearch(jobId)
  const going = isGoing(search?.status)
  return (
    <Page
      title={search ? `${search.request.target} of ${search.request.dataset_id}` : 'Search'}
      crumbs={[<Link key="up" to="/automl">AutoML</Link>]}
      subtitle={search && <Status state={search.status} />}
      actions={
        <>
          <ButtonLink to="/jobs/$jobId" params={{ jobId }}>Log</ButtonLink>
          {going && (
            <ActionButton permission="job:cancel" icon={<Ban />} disabled={cancel.isPending} onClick={() => cancel.mutate(undefined, { onError: tellProblem })}>
              Stop and keep the best
            </ActionButton>
          )}
        </>
      }
    >
      <Loaded query={query}>
        {(loaded) => (
          <>
            {loaded.error && (
              <Notice kind="warning">
                {loaded.error.message} <code>{loaded.error.code}</code>
              </Notice>
            )}
            {isGoing(loaded.status) && <Live search={loaded} />}
            {results.data ? <Results jobId={jobId} results={results.data} /> : results.error && loaded.leaderboard.length > 0 && <Board search={loaded} />}
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Live({ search }: { search: Progress }) {
  const { progress, message, finished, candidates, current_best: best } = search
  return (
    <>
      <Card>
        <div className={styles['live']}>
          <div className={styles['score']}>
            <strong>{best ? metric(scoreOf(search.request.metric, best.score)) : '–'}</strong>
            {best ? `best so far, by ${best.name}` : 'Nothing finished yet'}
          </div>
          <ProgressBar fraction={search.status === 'queued' ? null : progress} label="Progress of the search" />
          <div className={styles['told']}>
            <span>{message || 'Waiting for a worker'}</span>
            <span>{plural(finished, 'configuration')}{candidates > 0 && ` of ${candidates}`}</span>
          </div>
        </div>
      </Card>
      {search.leaderboard.length > 0 && <Board search={search} />}
    </>
  )
}

function Board({ search }: { search: Progress }) {
  return (
    <Card title="Leaderboard so far" flush>
      <Table
        label="Leaderboard so far"
        columns={[
          { header: 'Rank', tight: true, cell: ({ rank }) => rank },
          { header: 'Configuration', cell: ({ name }) => name },
          { header: 'Score', number: true, cell: ({ score }) => metric(scoreOf(search.request.metric, score)) },
        ]}
        rows={search.leaderboard.map((entry, index) => ({ ...entry, rank: index + 1 }))}
        rowKey={({ rank }) => String(rank)}
      />
    </Card>
  )
}
