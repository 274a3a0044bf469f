import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { BriefcaseBusiness } from 'lucide-react'
import { useState } from 'react'

import { Ago, BareSelect, Card, Empty, Loaded, Page, ProgressBar, Status, Table, type Column } from '@/components'
import { between } from '@/format'

import { jobsQuery, type Job, type JobState } from '../api'
import { kindName } from '../kinds'

const STATES: JobState[] = ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'lost']

export default function JobsPage() {
  const [state, setState] = useState<JobState>()
  const query = useInfiniteQuery(jobsQuery(state ? { state } : {}))
  const items = query.data?.pages.flatMap((page) => page.items)
  const filter = (
    <BareSelect label="State" value={state ?? ''} onChange={(event) => setState(STATES.find((each) => each === event.target.value))}>
      <option value="">Any state</option>
      {STATES.map((each) => (
        <option key={each} value={each}>
          {each}
        </option>
      ))}
    </BareSelect>
  )
  return (
    <Page title="Jobs" subtitle="What runs in the background." actions={filter}>
      <Card flush>
        <Loaded query={{ ...query, data: items }}>
          {(jobs) =>
            jobs.length === 0 ? (
              <Empty icon={<BriefcaseBusiness />} title="No jobs">AutoML searches and other long work are listed here, with their logs.</Empty>
            ) : (
              <Table label="Jobs" columns={COLUMNS} rows={jobs} rowKey={({ id }) => id} more={query.hasNextPage && (() => void query.fetchNextPage())} />
            )
          }
        </Loaded>
      </Card>
    </Page>
  )
}

const COLUMNS: Column<Job>[] = [
  { header: 'Job', cell: ({ id, kind }) => <Link to="/jobs/$jobId" params={{ jobId: id }}>{kindName(kind)}</Link> },
  { header: 'State', tight: true, cell: ({ state }) => <Status state={state} /> },
  {
    header: 'Progress',
    wide: true,
    cell: ({ state, progress }) =>
      state === 'running' ? <ProgressBar fraction={progress.fraction} label={progress.message || 'Progress'} /> : progress.message,
  },
  { header: 'Created', tight: true, wide: true, cell: ({ created_at }) => <Ago time={created_at} /> },
  { header: 'Took', number: true, cell: ({ started_at, finished_at }) => between(started_at, finished_at) },
]
