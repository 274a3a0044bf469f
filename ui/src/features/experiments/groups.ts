/** Runs put together by what they have in common. */
import type { Schema } from '@/api'

import { quoteKey, toFilter } from './filter'
import type { RunTableSearch } from './search'

export type RunGroup = Schema['RunGroup']

/** The search for the runs of a group; null where the filter language cannot spell a value. */
export function membersOf(search: RunTableSearch, by: string[], group: RunGroup): RunTableSearch | null {
  const conditions = by.map((field, index) => conditionOf(field, group.values[index] ?? null))
  if (conditions.includes(null)) return null
  const { group: _group, ...rest } = search
  const filter = [toFilter(search.filter ?? ''), ...conditions].filter(Boolean).join(' and ')
  return { ...rest, filter }
}

function conditionOf(field: string, value: string | null): string | null {
  const [kind = '', ...parts] = field.split('.')
  const key = kind === 'attributes' ? parts.join('.') : quoteKey(parts.join('.'))
  if (value === null) return kind === 'attributes' ? null : `${kind}.${key} IS NULL`
  if (value.includes("'") && value.includes('"')) return null
  const quote = value.includes("'") ? '"' : "'"
  return `${kind}.${key} = ${quote}${value}${quote}`
}

/** What a group is called. */
export function nameOf(group: RunGroup): string {
  return group.values.map((value) => value ?? '(none)').join(' · ')
}
