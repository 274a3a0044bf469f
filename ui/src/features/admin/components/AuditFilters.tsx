import { getRouteApi } from '@tanstack/react-router'
import { useEffect, useState } from 'react'

import { BareInput, Button } from '@/components'

import type { AuditSearch } from '../search'
import styles from './audit.module.css'

const route = getRouteApi('/inside/admin/audit')
const PAUSE_MS = 300

const FIELDS: [keyof AuditSearch, string, string, string][] = [
  ['action', 'Action', 'search', 'tracking, jobs.job.retried …'],
  ['actor', 'Who', 'search', 'ada@example.com'],
  ['subject_type', 'On what', 'search', 'run, user, model …'],
  ['subject_id', 'Its id', 'search', ''],
  ['since', 'From', 'date', ''],
  ['until', 'To', 'date', ''],
]

/** What is typed is in the address a moment later. */
export function AuditFilters({ search }: { search: AuditSearch }) {
  const navigate = route.useNavigate()
  const [typed, setTyped] = useState<AuditSearch>(search)
  useEffect(() => {
    const timer = setTimeout(() => {
      const wanted = Object.fromEntries(Object.entries(typed).filter(([, value]) => value !== ''))
      void navigate({ search: wanted, replace: true })
    }, PAUSE_MS)
    return () => clearTimeout(timer)
  }, [typed, navigate])
  const filtered = Object.values(typed).some(Boolean)
  return (
    <div className={styles['filters']} role="search">
      {FIELDS.map(([name, label, type, placeholder]) => (
        // oxlint-disable-next-line jsx-a11y/label-has-associated-control -- BareInput is one
        <label key={name}>
          {label}
          <BareInput label={label} type={type} placeholder={placeholder} value={typed[name] ?? ''} onChange={(event) => setTyped({ ...typed, [name]: event.target.value })} />
        </label>
      ))}
      {filtered && <Button onClick={() => setTyped({})}>Clear</Button>}
    </div>
  )
}
