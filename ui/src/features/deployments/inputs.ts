/** A form for a model's signature: which control a column gets, and what its text means. */
import type { Schema } from '@/api'

import type { Row } from './api'

export type SignatureColumn = Schema['SignatureColumn']
export type Control = 'number' | 'boolean' | 'text'

const NUMBERS = new Set(['integer', 'long', 'float', 'double'])

export function controlOf(type: string): Control {
  if (NUMBERS.has(type)) return 'number'
  return type === 'boolean' ? 'boolean' : 'text'
}

/** The row that the texts of a form mean; an empty text is a missing value. */
export function rowOf(columns: SignatureColumn[], texts: Record<string, string>): Row {
  const valueOf = (column: SignatureColumn) => {
    const text = texts[column.name] ?? ''
    if (text === '') return null
    const control = controlOf(column.type)
    if (control === 'number') return Number(text)
    return control === 'boolean' ? text === 'true' : text
  }
  return Object.fromEntries(columns.map((column) => [column.name, valueOf(column)]))
}

/** The first row of an example as a model keeps it: records, columns with data, or a plain record. */
export function exampleOf(example: unknown): Record<string, string> {
  const record = firstRecord(example)
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key, value === null || value === undefined ? '' : String(value)]),
  )
}

function firstRecord(example: unknown): Record<string, unknown> {
  if (Array.isArray(example)) return firstRecord(example[0])
  if (typeof example !== 'object' || example === null) return {}
  const { columns, data, inputs, dataframe_split: split } = example as Record<string, unknown>
  if (split) return firstRecord(split)
  if (inputs) return firstRecord(inputs)
  if (Array.isArray(columns) && Array.isArray(data)) {
    const first: unknown = data[0]
    return Array.isArray(first) ? Object.fromEntries(columns.map((column, index) => [String(column), first[index]])) : {}
  }
  return example as Record<string, unknown>
}
