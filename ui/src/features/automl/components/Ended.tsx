import { Link } from '@tanstack/react-router'

import { Card, ButtonLink, Notice } from '@/components'

import { againWith } from '../again'
import type { Progress } from '../api'
import styles from './automl.module.css'

const NEXT: Partial<Record<Progress['status'], string>> = {
  failed: 'The log says what happened before. Change what was asked for, and search again.',
  lost: 'The worker that ran it went away, twice. See whether it had enough memory, and search again.',
  cancelled: 'It was stopped before a winner was registered. What was tried until then stays below.',
}

/** A search that has no winner: why, and what to do next. */
export function Ended({ search }: { search: Progress }) {
  const { status, error, job_id: jobId, request } = search
  return (
    <Card title="No winner">
      <div className={styles['live']}>
        {error && (
          <Notice kind="warning">
            {error.message} <code>{error.code}</code>
          </Notice>
        )}
        <p>{NEXT[status]}</p>
        <div className={styles['actions']}>
          <ButtonLink look="primary" to="/automl/new" search={againWith(request)}>Change and search again</ButtonLink>
          <Link to="/jobs/$jobId" params={{ jobId }}>Read the log</Link>
        </div>
      </div>
    </Card>
  )
}
