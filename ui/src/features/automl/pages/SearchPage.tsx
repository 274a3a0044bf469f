import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Ban, RotateCw } from 'lucide-react'

import { ActionButton } from '@/access'
import { ButtonLink, Chip, Chips, Loaded, Page, ProblemPanel, Status, tellProblem } from '@/components'
import { span } from '@/format'

import { againWith } from '../again'
import { isGoing, resultsQuery, searchQuery, useCancelSearch, useLiveSearch, type Progress, type Results as Found } from '../api'
import { Ended } from '../components/Ended'
import { Ensemble } from '../components/Ensemble'
import { FamilyTimes } from '../components/FamilyTimes'
import { Going, Winner } from '../components/Head'
import { Leaderboard } from '../components/Leaderboard'
import { Results } from '../components/Results'
import { Skipped } from '../components/Skipped'
import { Start } from '../components/Start'
import { Timeline } from '../components/Timeline'
import { Warnings } from '../components/Warnings'
import styles from '../components/automl.module.css'
import { metricName } from '../metrics'
import type { BoardSearch } from '../search'
import { finalTrials, liveTrials, pointsOf } from '../trials'

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
          {search && !going && <ButtonLink icon={<RotateCw />} to="/automl/new" search={againWith(search.request)}>Search again</ButtonLink>}
          {going && (
            <ActionButton permission="job:cancel" icon={<Ban />} disabled={cancel.isPending || cancel.isSuccess} onClick={() => cancel.mutate(undefined, { onError: tellProblem })}>
              {cancel.isSuccess ? 'Stopping…' : 'Stop and keep the best'}
            </ActionButton>
          )}
        </>
      }
    >
      <Loaded query={query}>
        {(loaded) => {
          // Cancelled before a model was there: that is said by its state, and no fault.
          const winner = results.error === null && (results.data !== undefined || results.isFetching)
          return (
            <>
              {results.error && loaded.status === 'succeeded' && <ProblemPanel error={results.error} retry={() => void results.refetch()} />}
              <Parts search={loaded} results={results.data} ended={!going && !winner} />
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}

/** The same parts in the same order while it goes on and when it has ended, so that nothing moves below the reader. */
function Parts({ search, results, ended }: { search: Progress; results: Found | undefined; ended: boolean }) {
  const view = route.useSearch()
  const navigate = route.useNavigate()
  const show = (changed: BoardSearch) => void navigate({ search: changed, replace: true, resetScroll: false })
  const live = results === undefined && !ended
  const trials = results ? finalTrials(results) : liveTrials(search)
  const points = pointsOf((results?.history?.length ? results.history : search.history) ?? [], trials)
  const metric = results?.metric ?? search.metric ?? search.request.metric ?? ''
  const start = results?.start ?? search.start
  const skipped = results?.skipped ?? search.skipped ?? []
  return (
    <>
      {results ? <Winner jobId={search.job_id} results={results} /> : ended && search.status !== 'succeeded' ? <Ended search={search} /> : <Going search={search} />}
      {(live || points.length > 1) && (
        <div className={styles['time']}>
          <Timeline points={points} metric={metric} end={live ? (search.request.time_budget ?? 0) : 0} live={live} />
          <FamilyTimes points={points} metric={metric} />
        </div>
      )}
      {trials.length > 0 && (
        <Leaderboard title={live ? 'Leaderboard so far' : 'Leaderboard'} trials={trials} metric={metric} live={live} search={view} onSearch={show} />
      )}
      <div className={styles['halves']}>
        <div>
          {results && <Ensemble results={results} />}
          <Warnings warnings={results?.warnings ?? search.warnings ?? []} dataset={search.request.dataset_id} />
          <Skipped entries={skipped} request={search.request} metric={metric} />
        </div>
        <div>{start && <Start start={start} trials={trials} metric={metric} />}</div>
      </div>
      {results && <Results results={results} />}
    </>
  )
}

/** What was asked for, in a line. */
function Asked({ search }: { search: Progress }) {
  const { dataset_id: dataset, version, time_budget: budget, task_type: task, group_column: group, time_column: time, warm_start: warm, refine } = search.request
  return (
    <Chips>
      <Status state={search.status} />
      <Link to="/datasets/$dataset" params={{ dataset }} search={typeof version === 'number' ? { version } : {}}>{search.dataset}</Link>
      {task !== 'auto' && <Chip>{task}</Chip>}
      {search.metric && <Chip>{metricName(search.metric)}</Chip>}
      {group && <Chip>checked on new values of {group}</Chip>}
      {time && <Chip>checked on later rows by {time}</Chip>}
      {warm === false && <Chip>without the memory</Chip>}
      <Chip>{refine ? `all of ${span(budget ?? 60)}` : `${span(budget ?? 60)} at most`}</Chip>
    </Chips>
  )
}
