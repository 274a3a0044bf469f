import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Ban } from 'lucide-react'

import { ActionButton } from '@/access'
import { Ago, ButtonLink, Card, Code, Facts, Grid, Loaded, Notice, Page, ProgressBar, Status, tellProblem } from '@/components'
import { between, span } from '@/format'

import { isGoing, jobQuery, useCancelJob, type Job } from '../api'
import { JobLogView } from '../components/JobLogView'
import { kindName } from '../kinds'

const route = getRouteApi('/inside/jobs/$jobId')

export default function JobPage() {
  const { jobId } = route.useParams()
  const query = useQuery(jobQuery(jobId))
  const cancel = useCancelJob()
  const job = query.data
  const actions = job && (
    <>
      {job.kind === 'automl.search' && <ButtonLink to="/automl/$jobId" params={{ jobId }}>Leaderboard</ButtonLink>}
      {isGoing(job.state) && (
        <ActionButton permission="job:cancel" look="danger" icon={<Ban />} disabled={job.cancel_requested_at !== null} onClick={() => cancel.mutate(jobId, { onError: tellProblem })}>
          {job.cancel_requested_at ? 'Stopping…' : 'Cancel'}
        </ActionButton>
      )}
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
      {job.error && <Notice kind="warning">{job.error.message} <code>{job.error.code}</code></Notice>}
      <Grid least={360}>
        <Card title="Facts">
          <Facts
            items={[
              ['Told', job.progress.message || '–'],
              ['Created', <Ago key="created" time={job.created_at} />],
              ['Took', between(job.started_at, job.finished_at)],
              ['Attempts', `${job.attempts} of ${job.max_attempts}`],
              ['Limits', `${span(job.limits.seconds)}, ${job.limits.memory_mb} MB`],
              ['Used', job.usage.peak_memory_mb ? `${Math.round(job.usage.peak_memory_mb)} MB, ${span(job.usage.cpu_seconds ?? 0)} of CPU` : '–'],
            ]}
          />
        </Card>
        <Card title="Asked">
          <Code text={JSON.stringify(job.payload, null, 2)} />
        </Card>
      </Grid>
    </>
  )
}
