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

export type Hint = Schema['InputValues']

/** What a number's field says of its column: the range in the table that the model was trained on. */
export function rangeOf(hint: Hint | undefined, shown: (value: number) => string): string | undefined {
  const { min, max } = hint ?? {}
  return typeof min === 'number' && typeof max === 'number' ? `${shown(min)} to ${shown(max)} in training` : undefined
}

/** Texts for columns that an example leaves empty: the most frequent choice, the middle of the range. */
export function filledBy(hints: Hint[], texts: Record<string, string>): Record<string, string> {
  const usual = hints.map(({ name, choices, median }) => [name, choices?.[0] ?? (typeof median === 'number' ? String(median) : '')])
  return { ...Object.fromEntries(usual.filter(([, text]) => text !== '')), ...texts }
}

/** The rows that a text means, or what is wrong with it. Takes a row, rows, or the whole body. */
export function rowsOfJson(text: string): { rows: Row[] } | { wrong: string } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : 'This is no JSON.' }
  }
  const inputs = isRecord(value) && Array.isArray(value['inputs']) ? (value['inputs'] as unknown[]) : value
  const rows = Array.isArray(inputs) ? (inputs as unknown[]) : [inputs]
  return rows.length > 0 && rows.every(isRecord) ? { rows: rows as Row[] } : { wrong: 'Write a row as {"column": value}, or a list of such rows.' }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
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
