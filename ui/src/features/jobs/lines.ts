/** A log as lines, and where something stands in them. */

export interface Match {
  line: number
  /** Where in the line, from 0. */
  start: number
}

const MOST_SHOWN = 5000

/** The last lines of a log, and the number of the first of them, from 1. */
export function lastLines(text: string): { lines: string[]; first: number } {
  const all = text.endsWith('\n') ? text.slice(0, -1).split('\n') : text.split('\n')
  const skipped = Math.max(0, all.length - MOST_SHOWN)
  return { lines: all.slice(skipped), first: skipped + 1 }
}

/** Every place where `wanted` stands, whatever its case. */
export function findAll(lines: readonly string[], wanted: string): Match[] {
  const needle = wanted.toLowerCase()
  if (needle === '') return []
  const found: Match[] = []
  for (const [line, text] of lines.entries()) {
    const lower = text.toLowerCase()
    for (let start = lower.indexOf(needle); start !== -1; start = lower.indexOf(needle, start + needle.length)) found.push({ line, start })
  }
  return found
}
