/** The filter language of run tables: MLflow's, with a plain word for a part of the name. */
import type { KnownKeys } from './columns'

/** A key as the language reads it, whatever characters it has. */
export function quoteKey(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? key : key.includes('`') ? `"${key}"` : `\`${key}\``
}

const OPERATOR = /[=<>]|\b(?:like|ilike|in|is)\b/i

/** `text` as a filter: as it is, or as a part of the name if it compares nothing. */
export function toFilter(text: string, status?: string): string {
  const typed = text.trim()
  const quote = typed.includes("'") ? '"' : "'"
  const part = typed && !OPERATOR.test(typed) ? `attributes.run_name ILIKE ${quote}%${typed}%${quote}` : typed
  const parts = [part, status && `attributes.status = '${status.toUpperCase()}'`]
  return parts.filter(Boolean).join(' and ')
}

const ATTRIBUTES = ['run_name', 'status', 'start_time', 'end_time', 'user_id', 'run_id']
const OPERATORS: Record<string, string[]> = { metrics: ['>', '<', '>=', '<=', '=', '!='], params: ['=', '!=', 'LIKE', 'ILIKE', 'IN'] }
const STATUSES = ['FINISHED', 'RUNNING', 'FAILED', 'KILLED', 'SCHEDULED']
const MOST = 8

export interface Completion {
  /** What is offered. */
  text: string
  /** The whole input with it. */
  whole: string
}

/** What may come next, at the end of `text`. */
export function completions(text: string, keys: KnownKeys): Completion[] {
  const condition = text.split(/\s+and\s+/i).at(-1) ?? ''
  const before = text.slice(0, text.length - condition.length)
  const compared = /^(\S+|\S*[`"].*[`"])\s+(?:(\S+)\s+)?(\S*)$/.exec(condition)
  if (!compared) return offer(fieldsOf(keys), condition, (field) => `${before}${field} `)
  const [, field = '', operator, typed = ''] = compared
  const start = condition.slice(0, condition.length - typed.length)
  if (operator === undefined) {
    const operators = OPERATORS[field.split('.')[0] ?? ''] ?? OPERATORS['params'] ?? []
    return offer(operators, typed, (each) => `${before}${start}${each} `)
  }
  if (!/^(attributes\.)?status$/.test(field)) return []
  return offer(STATUSES.map((status) => `'${status}'`), typed, (each) => `${before}${start}${each}`)
}

function fieldsOf(keys: KnownKeys): string[] {
  return [
    ...keys.metrics.map((key) => `metrics.${quoteKey(key)}`),
    ...keys.params.map((key) => `params.${quoteKey(key)}`),
    ...keys.tags.map((key) => `tags.${quoteKey(key)}`),
    ...ATTRIBUTES.map((key) => `attributes.${key}`),
  ]
}

function offer(texts: string[], typed: string, whole: (text: string) => string): Completion[] {
  const wanted = typed.toLowerCase()
  return texts
    .filter((text) => text.toLowerCase().includes(wanted) && text !== typed)
    .slice(0, MOST)
    .map((text) => ({ text, whole: whole(text) }))
}
