/** What differs between two versions of a table, as their profiles tell. */
import type { ColumnProfile, Profile } from './api'

export interface ColumnChange {
  name: string
  kind: 'added' | 'removed' | 'changed' | 'same'
  before: ColumnProfile | null
  after: ColumnProfile | null
  /** How far the mean moved, in standard deviations of before; null where there is none. */
  shift: number | null
}

/** The columns of both, those that differ in name or type first, then by how far they moved. */
export function compareProfiles(before: Profile, after: Profile): ColumnChange[] {
  const old = new Map(before.columns.map((column) => [column.name, column]))
  const fresh = new Map(after.columns.map((column) => [column.name, column]))
  const changes = [...new Set([...fresh.keys(), ...old.keys()])].map((name): ColumnChange => {
    const [was, is] = [old.get(name) ?? null, fresh.get(name) ?? null]
    if (!was || !is) return { name, kind: was ? 'removed' : 'added', before: was, after: is, shift: null }
    return { name, kind: was.type === is.type ? 'same' : 'changed', before: was, after: is, shift: shiftOf(was, is) }
  })
  const rank = { removed: 0, added: 1, changed: 2, same: 3 }
  return changes.sort((a, b) => rank[a.kind] - rank[b.kind] || Math.abs(b.shift ?? 0) - Math.abs(a.shift ?? 0))
}

function shiftOf(before: ColumnProfile, after: ColumnProfile): number | null {
  if (typeof before.mean !== 'number' || typeof after.mean !== 'number' || !before.std) return null
  return (after.mean - before.mean) / before.std
}

/** The share of rows without a value. */
export function missingShare(column: ColumnProfile): number {
  return column.missing / Math.max(column.count + column.missing, 1)
}
