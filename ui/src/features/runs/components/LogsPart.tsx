import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ScrollText } from 'lucide-react'
import { useState } from 'react'

import { BareSelect, Card, Empty, Loaded, Notice } from '@/components'

import { artifactsQuery, type Run } from '../api'
import { TextFile } from './Preview'
import styles from './artifacts.module.css'

const LOG = /(^|\/)(stdout|stderr|output|console)(\.\w+)?$|\.(log|out|err)$/i

/** What the run wrote while it ran: its error, and files that are logs by their names. */
export function LogsPart({ run }: { run: Run }) {
  const query = useInfiniteQuery(artifactsQuery(run.id))
  const [chosen, setChosen] = useState<string | null>(null)
  const files = query.data?.pages.flatMap((page) => page.items).filter(({ path }) => LOG.test(path))
  const error = run.tags['maestro.error']
  const job = run.tags['maestro.job_id']
  return (
    <>
      {job && (
        <Notice>
          This run belongs to a job, which has <Link to="/jobs/$jobId" params={{ jobId: job }}>a log of its own</Link>.
        </Notice>
      )}
      {error && <Notice kind="warning"><pre>{error}</pre></Notice>}
      <Loaded query={{ ...query, data: files }}>
        {(logs) => {
          const path = logs.find((file) => file.path === chosen)?.path ?? logs[0]?.path
          if (path === undefined) {
            return (
              <Card>
                <Empty icon={<ScrollText />} title="No logs" code={'run.log_artifact("train.log")  # *.log, stdout.txt, stderr.txt'}>
                  Files of the run that are logs by their names appear here.
                </Empty>
              </Card>
            )
          }
          return (
            <Card
              title={path}
              actions={
                logs.length > 1 && (
                  <div>
                    <BareSelect label="Log" value={path} onChange={(event) => setChosen(event.target.value)}>
                      {logs.map((file) => (
                        <option key={file.path}>{file.path}</option>
                      ))}
                    </BareSelect>
                  </div>
                )
              }
              flush
            >
              <div className={styles['body']}>
                {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard */}
                <TextFile runId={run.id} path={path}>{(text) => <pre tabIndex={0}>{text}</pre>}</TextFile>
              </div>
            </Card>
          )
        }}
      </Loaded>
    </>
  )
}
