import { Link } from '@tanstack/react-router'

import { Ago, Card, ProgressBar } from '@/components'
import { JobActions, kindName, type Job } from '@/features/jobs'

import styles from './home.module.css'

/** The jobs that run now, with how far they are; not there when none does. */
export function Running({ jobs }: { jobs: Job[] }) {
  if (jobs.length === 0) return null
  return (
    <Card title="Running now">
      <ul className={styles['running']}>
        {jobs.map((job) => (
          <li key={job.id}>
            <div>
              <Link to="/jobs/$jobId" params={{ jobId: job.id }}>{kindName(job.kind)}</Link>
              <small>
                {job.progress.message || 'Starting'} · {job.created_by_name}, <Ago time={job.started_at} />
              </small>
            </div>
            <ProgressBar fraction={job.progress.fraction} label={`${kindName(job.kind)}: ${job.progress.message || 'progress'}`} />
            <JobActions job={job} small />
          </li>
        ))}
      </ul>
    </Card>
  )
}
