import { useQuery } from '@tanstack/react-query'

import { Notice } from '@/components'
import { LogView } from '@/features/jobs'
import { moment } from '@/format'

import { logQuery, type Deployment } from '../api'

/** What the served model prints and what befalls its process, as it happens. */
export function ProcessLog({ deployment, versionId }: { deployment: Deployment; versionId: string }) {
  const query = useQuery(logQuery(deployment.name, versionId))
  const lines = query.data?.lines ?? []
  const text = lines.map(({ at, source, text }) => `${moment(at)}  ${source.padEnd(7)}  ${text}\n`).join('')
  if (query.error && !query.data) return <Notice kind="warning">Its log cannot be read: {query.error.message}</Notice>
  return <LogView text={text} empty={query.data ? 'The model was not loaded since the gateway started.' : 'Reading the log…'} file={`${deployment.name}.log`} />
}
