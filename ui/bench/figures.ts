/** The table: a line as soon as something is measured, with its aim. */

const missed: string[] = []

export function head(): void {
  line('', 'measured', 'aim', '')
}

/** What should be at least `aim`. */
export function atLeast(what: string, value: number, aim: number, unit = ''): void {
  add(what, value, `≥ ${aim}`, unit, value >= aim)
}

/** What should be at most `aim`. */
export function atMost(what: string, value: number, aim: number, unit = ''): void {
  add(what, value, `≤ ${aim}`, unit, value <= aim)
}

/** What has no aim, and explains what has. */
export function told(what: string, value: number, unit = ''): void {
  line(what, short(value, unit), '', '')
}

/** How many aims were missed. */
export function count(): number {
  if (missed.length > 0) process.stdout.write(`\nMissed: ${missed.join('; ')}\n`)
  return missed.length
}

function add(what: string, value: number, aim: string, unit: string, met: boolean): void {
  if (!met) missed.push(what)
  line(what, short(value, unit), `${aim} ${unit}`.trim(), met ? 'met' : 'MISSED')
}

function line(what: string, value: string, aim: string, verdict: string): void {
  process.stdout.write(`${what.padEnd(58)}${value.padStart(12)}  ${aim.padEnd(12)}${verdict}\n`)
}

function short(value: number, unit: string): string {
  const number = Number.isFinite(value) ? String(Math.round(value * 10) / 10) : 'never'
  return `${number} ${unit}`.trim()
}

export function median(values: number[]): number {
  return quantile(values, 0.5)
}

export function quantile(values: number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN
}
