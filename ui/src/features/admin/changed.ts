/** What an audit event changed, field by field. */

export interface Field {
  name: string
  before: string | null
  after: string | null
}

type Values = Record<string, unknown> | null | undefined

const text = (values: Values, name: string): string | null => {
  if (!values || !(name in values)) return null
  const value = values[name]
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The fields of both sides, those that changed first. */
export function changedFields(before: Values, after: Values): Field[] {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  const fields = names.map((name) => ({ name, before: text(before, name), after: text(after, name) }))
  return [...fields.filter((each) => each.before !== each.after), ...fields.filter((each) => each.before === each.after)]
}
