/** Where each page of a table of runs begins, and which pages a stretch of rows lies on. */
import type { Schema } from '@/api'

export type Places = Schema['RunPlaces']

/** A page's size: more than a tall screen shows, less than is felt on a phone. */
export const PAGE = 100

export interface PageStart {
  cursor: string | null
  skip: number
}

/** How to ask for page `number`; null while it is not known where it begins. */
export function startOf(number: number, places: Places | undefined): PageStart | null {
  const row = number * PAGE
  if (!places) return row < 1000 ? { cursor: null, skip: row } : null
  const block = Math.floor(row / places.every)
  // What lies beyond the bound of counting is reached from the last place.
  const cursor = block === 0 ? places.start : places.cursors[block - 1]
  return cursor === undefined ? null : { cursor, skip: row - block * places.every }
}

/** How many rows can be reached: an estimate counts only as far as there are places. */
export function reachable(places: Places): number {
  return places.exact ? places.total : Math.min(places.total, (places.cursors.length + 1) * places.every)
}

/** The pages that rows from `first` to `last` lie on. */
export function pagesOf(first: number, last: number): number[] {
  const from = Math.max(0, Math.floor(first / PAGE))
  const to = Math.max(from, Math.floor(last / PAGE))
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
