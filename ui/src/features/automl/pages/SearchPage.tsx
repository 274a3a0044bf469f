import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Ban } from 'lucide-react'

import { ActionButton } from '@/access'
import { ButtonLink, Card, Chip, Chips, Loaded, Notice, Page, ProgressBar, Status, tellProblem } from '@/components'
import { metric, plural, span } from '@/format'

import { isGoing, resultsQuery, searchQuery, useCancelSearch, useLiveSearch, type Progress } from '../api'
import { LiveBoard, Skipped } from '../components/Board'
import { Results } from '../components/Results'
import { ScoreOverTime } from '../components/ScoreOverTime'
import styles from '../components/automl.module.css'
import { metricName, scoreOf } from '../metrics'

const route = getRouteApi('/inside/automl/$jobId')

export default function SearchPage() {
  const { jobId } = route.useParams()
  const query = useQuery(searchQuery(jobId))
  const search = query.data
  const results = useQuery(resultsQuery(jobId, search?.status))
  const cancel = useCancelSearch(jobId)
  const going = isGoing(search?.status)
  useLiveSearch(jobId, going)
  return (
    <Page
      title={search ? `${search.request.target} of ${search.dataset}` : 'Search'}
      crumbs={[<Link key="up" to="/automl">AutoML</Link>]}
      subtitle={search && <Asked search={search} />}
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
            {results.data ? <Results jobId={jobId} results={results.data} /> : (results.error || loaded.status === 'failed' || loaded.status === 'lost') && loaded.leaderboard.length > 0 && <LiveBoard search={loaded} />}
          </>
        )}
      </Loaded>
    </Page>
  )
}

/** What was asked for, in a line. */
function Asked({ search }: { search: Progress }) {
  const { dataset_id: dataset, version, time_budget: budget, task_type: task, group_column: group, time_column: time } = search.request
  return (
    <Chips>
      <Status state={search.status} />
      <Link to="/datasets/$dataset" params={{ dataset }} search={typeof version === 'number' ? { version } : {}}>{search.dataset}</Link>
      {task !== 'auto' && <Chip>{task}</Chip>}
      {search.metric && <Chip>{metricName(search.metric)}</Chip>}
      {group && <Chip>checked on new values of {group}</Chip>}
      {time && <Chip>checked on later rows by {time}</Chip>}
      <Chip>{span(budget)} at most</Chip>
    </Chips>
  )
}

function Live({ search }: { search: Progress }) {
  const { progress, message, finished, candidates, current_best: best, metric: name } = search
  return (
    <>
      <Card>
        <div className={styles['live']}>
          <div className={styles['score']}>
            <strong>{best ? metric(scoreOf(name, best.score)) : '–'}</strong>
            {best ? `${metricName(name ?? '')}, best so far, by ${best.name}` : 'Nothing finished yet'}
          </div>
          <ProgressBar fraction={search.status === 'queued' ? null : progress} label="Progress of the search" />
          <div className={styles['told']}>
            <span>{message || 'Waiting for a worker'}</span>
            <span>{plural(finished, 'configuration')}{candidates > 0 && ` of ${candidates}`}</span>
          </div>
        </div>
      </Card>
      <ScoreOverTime history={search.history ?? []} metric={name ?? ''} />
      {search.leaderboard.length > 0 && <LiveBoard search={search} />}
      <Skipped entries={search.skipped ?? []} />
    </>
  )
}
