import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'

import { Ago, ButtonLink, Card, Code, Facts, Grid, Loaded, Notice, Page, ProgressBar, Status } from '@/components'
import { between, span } from '@/format'

import { jobQuery, retriesQuery, type Job } from '../api'
import { JobActions } from '../components/JobActions'
import { JobLogView } from '../components/JobLogView'
import { kindName } from '../kinds'

const route = getRouteApi('/inside/jobs/$jobId')

export default function JobPage() {
  const { jobId } = route.useParams()
  const query = useQuery(jobQuery(jobId))
  const job = query.data
  const actions = job && (
    <>
      {job.kind === 'automl.search' && <ButtonLink to="/automl/$jobId" params={{ jobId }}>Leaderboard</ButtonLink>}
      <JobActions job={job} />
    </>
  )
  return (
    <Page title={job ? kindName(job.kind) : 'Job'} crumbs={[<Link key="up" to="/jobs">Jobs</Link>]} subtitle={job && <Status state={job.state} />} actions={actions}>
      <Loaded query={query}>{(loaded) => <JobFacts job={loaded} />}</Loaded>
      <JobLogView key={jobId} jobId={jobId} />
    </Page>
  )
}

function JobFacts({ job }: { job: Job }) {
  return (
    <>
      {job.state === 'running' && <ProgressBar fraction={job.progress.fraction} label={job.progress.message || 'Progress'} />}
      {job.error && (
        <Notice kind="warning">
          {job.error.message} <code>{job.error.code}</code>
        </Notice>
      )}
      <Family job={job} />
      <Grid least={360}>
        <Card title="Facts">
          <Facts
            items={[
              ['Told', job.progress.message || '–'],
              ['By', job.created_by_name || '–'],
              ['Created', <Ago key="created" time={job.created_at} />],
              ['Took', between(job.started_at, job.finished_at)],
              ['Attempts', `${job.attempts} of ${job.max_attempts}`],
              ['Limits', `${span(job.limits.seconds)}, ${job.limits.memory_mb} MB`],
              ['Used', job.usage.peak_memory_mb ? `${Math.round(job.usage.peak_memory_mb)} MB, ${span(job.usage.cpu_seconds ?? 0)} of CPU` : '–'],
              ['Worker', job.worker ?? '–'],
            ]}
          />
        </Card>
        <Card title="Asked">
          <Code text={JSON.stringify(job.payload, null, 2)} />
        </Card>
        {job.result && (
          <Card title="Result">
            <Code text={JSON.stringify(job.result, null, 2).slice(0, 20_000)} />
          </Card>
        )}
      </Grid>
    </>
  )
}

/** The job that this one does again, and those that do this one again. */
function Family({ job }: { job: Job }) {
  const retries = useQuery(retriesQuery(job.id)).data ?? []
  if (!job.retry_of && retries.length === 0) return null
  return (
    <Notice>
      {job.retry_of && (
        <>
          This does again what <Link to="/jobs/$jobId" params={{ jobId: job.retry_of }}>an earlier job</Link> did not manage.{' '}
        </>
      )}
      {retries.map(({ id, state }) => (
        <span key={id}>
          It was <Link to="/jobs/$jobId" params={{ jobId: id }}>retried</Link> <Status state={state} />{' '}
        </span>
      ))}
    </Notice>
  )
}
