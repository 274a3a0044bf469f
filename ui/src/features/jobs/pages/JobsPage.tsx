import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { BriefcaseBusiness } from 'lucide-react'

import { Ago, BareSelect, ButtonLink, Card, Chip, Empty, Loaded, Page, ProgressBar, Status, Table, type Column } from '@/components'
import { between } from '@/format'

import { jobsQuery, type Job } from '../api'
import { JobActions } from '../components/JobActions'
import styles from '../components/jobs.module.css'
import { kindName, KINDS } from '../kinds'
import { STATES, type JobsSearch } from '../search'

const route = getRouteApi('/inside/jobs')

export default function JobsPage() {
  const search = route.useSearch()
  const query = useInfiniteQuery(jobsQuery(search))
  const items = query.data?.pages.flatMap((page) => page.items)
  return (
    <Page title="Jobs" subtitle="What runs in the background." actions={<Filters search={search} />}>
      <Card flush>
        <Loaded query={{ ...query, data: items }}>
          {(jobs) =>
            jobs.length === 0 ? (
              <Nothing filtered={Object.keys(search).length > 0} />
            ) : (
              <Table
                label="Jobs"
                columns={COLUMNS}
                rows={jobs}
                rowKey={({ id }) => id}
                more={query.hasNextPage && (() => void query.fetchNextPage())}
                loadingMore={query.isFetchingNextPage}
              />
            )
          }
        </Loaded>
      </Card>
    </Page>
  )
}

function Filters({ search }: { search: JobsSearch }) {
  const navigate = route.useNavigate()
  const change = (next: Partial<Record<keyof JobsSearch, string | boolean | undefined>>) =>
    void navigate({ search: (old) => ({ ...old, ...next }) as JobsSearch, replace: true })
  return (
    <div className={styles['filters']}>
      <BareSelect label="Kind" value={search.kind ?? ''} onChange={(event) => change({ kind: event.target.value || undefined })}>
        <option value="">Any kind</option>
        {KINDS.map((each) => (
          <option key={each} value={each}>
            {kindName(each)}
          </option>
        ))}
      </BareSelect>
      <BareSelect label="State" value={search.state ?? ''} onChange={(event) => change({ state: event.target.value || undefined })}>
        <option value="">Any state</option>
        {STATES.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </BareSelect>
      <label className={styles['mine']}>
        <input type="checkbox" checked={search.mine ?? false} onChange={(event) => change({ mine: event.target.checked || undefined })} />
        Mine
      </label>
    </div>
  )
}

function Nothing({ filtered }: { filtered: boolean }) {
  if (filtered)
    return (
      <Empty icon={<BriefcaseBusiness />} title="No such job" action={<ButtonLink to="/jobs">Show all jobs</ButtonLink>}>
        None has this kind and state.
      </Empty>
    )
  return (
    <Empty icon={<BriefcaseBusiness />} title="No jobs yet" action={<ButtonLink look="primary" to="/automl/new">Begin an AutoML search</ButtonLink>}>
      AutoML searches and other long work are listed here, with progress and logs.
    </Empty>
  )
}

const COLUMNS: Column<Job>[] = [
  {
    header: 'Job',
    cell: ({ id, kind, retry_of }) => (
      <>
        <Link to="/jobs/$jobId" params={{ jobId: id }}>{kindName(kind)}</Link> {retry_of && <Chip>retry</Chip>}
      </>
    ),
  },
  { header: 'State', tight: true, cell: ({ state }) => <Status state={state} /> },
  {
    header: 'Progress',
    wide: true,
    cell: ({ state, progress, error }) =>
      state === 'running' ? <ProgressBar fraction={progress.fraction} label={progress.message || 'Progress'} /> : (error?.message ?? progress.message),
  },
  { header: 'By', tight: true, wide: true, cell: ({ created_by_name }) => created_by_name },
  { header: 'Created', tight: true, wide: true, cell: ({ created_at }) => <Ago time={created_at} /> },
  { header: 'Took', number: true, cell: ({ started_at, finished_at }) => between(started_at, finished_at) },
  { header: 'Actions', bare: true, tight: true, cell: (job) => <JobActions job={job} small /> },
]
