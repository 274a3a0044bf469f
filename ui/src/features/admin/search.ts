/** Which events of the audit log are shown, as the address says. */

const FIELDS = ['action', 'actor', 'subject_type', 'subject_id', 'since', 'until'] as const

export type AuditSearch = Partial<Record<(typeof FIELDS)[number], string>>

const DAY = /^\d{4}-\d{2}-\d{2}$/

export function auditSearch(search: Record<string, unknown>): AuditSearch {
  const found: AuditSearch = {}
  for (const field of FIELDS) {
    const value = search[field]
    const day = field === 'since' || field === 'until'
    if (typeof value === 'string' && value && (!day || DAY.test(value))) found[field] = value
  }
  return found
}

/** What the server is asked: days become moments of the reader's zone, the last one included. */
export function toFilter(search: AuditSearch): AuditSearch {
  const { since, until, ...rest } = search
  return {
    ...rest,
    ...(since && { since: moment(since, 0) }),
    ...(until && { until: moment(until, 1) }),
  }
}

function moment(day: string, later: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date + later).toISOString()
}
