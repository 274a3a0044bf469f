import type { Schema } from '@/api'
import { Table } from '@/components'
import { bytes, count, plural, span } from '@/format'

type Limits = Schema['Limits']

const perMinute = (value: number) => (value === 0 ? 'no limit' : `${count(value)} a minute`)

/** What users meet, how it is set now, and the variable of the server that sets it. */
const SETTINGS: [string, (limits: Limits) => string, string][] = [
  ['Registration', ({ registration }) => (registration ? 'open' : 'closed'), 'MAESTRO_AUTH_REGISTRATION'],
  ['A login lasts', ({ refresh_days }) => plural(refresh_days, 'day'), 'MAESTRO_AUTH_REFRESH_DAYS'],
  ['An access token lasts', ({ access_minutes }) => plural(access_minutes, 'minute'), 'MAESTRO_AUTH_ACCESS_MINUTES'],
  ['Attempts to log in', ({ login_per_minute }) => perMinute(login_per_minute), 'MAESTRO_LIMIT_LOGIN_PER_MINUTE'],
  ['Requests of a user', ({ api_per_minute }) => perMinute(api_per_minute), 'MAESTRO_LIMIT_API_PER_MINUTE'],
  ['Logging of a user', ({ ingest_per_minute }) => perMinute(ingest_per_minute), 'MAESTRO_LIMIT_INGEST_PER_MINUTE'],
  ['AutoML searches', ({ automl_per_hour }) => (automl_per_hour === 0 ? 'no limit' : `${count(automl_per_hour)} an hour`), 'MAESTRO_LIMIT_AUTOML_PER_HOUR'],
  ['Searches at a time', ({ automl_open }) => (automl_open === 0 ? 'no limit' : count(automl_open)), 'MAESTRO_AUTOML_MAX_OPEN'],
  ['A search may take', ({ automl_seconds }) => span(automl_seconds), 'MAESTRO_AUTOML_MAX_SECONDS'],
  ['Searches that start cold', ({ automl_cold_share }) => `${count(100 * automl_cold_share)} %`, 'MAESTRO_AUTOML_COLD_SHARE'],
  ['Largest upload', ({ upload_bytes }) => bytes(upload_bytes), 'MAESTRO_UPLOAD_MAX_BYTES'],
  ['A job may take', ({ job_seconds }) => span(job_seconds), 'MAESTRO_JOB_MAX_SECONDS'],
  ['Memory of a job', ({ job_memory_mb }) => `${count(job_memory_mb)} MB`, 'MAESTRO_JOB_MEMORY_MB'],
]

export function SettingsTable({ limits }: { limits: Limits }) {
  return (
    <Table
      label="Settings of the installation"
      columns={[
        { header: 'What', cell: ([what]) => what },
        { header: 'Now', cell: ([, now]) => now(limits) },
        { header: 'Set by the operator with', wide: true, cell: ([, , variable]) => <code>{variable}</code> },
      ]}
      rows={SETTINGS}
      rowKey={([what]) => what}
    />
  )
}
