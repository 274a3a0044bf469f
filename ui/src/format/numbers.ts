/** Numbers as people read them. */

// Making a format costs a thousand times what using it does.
const whole = new Intl.NumberFormat('en-US')
const short = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 5, useGrouping: false })
const grouped = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 5 })

/** A metric's value: as many digits as tell runs apart, no more. */
export function metric(value: number | string | null | undefined): string {
  if (value === null || value === undefined) return '–'
  if (typeof value === 'string') return value
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (Number.isInteger(value) && size < 1e9) return whole.format(value)
  if (size >= 1e9 || size < 1e-4) return value.toExponential(3)
  return (size >= 1e5 ? grouped : short).format(value)
}

export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : whole.format(value)
}

/** "1 run", "3 runs". */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

export function percent(fraction: number, digits = 0): string {
  return `${(fraction * 100).toFixed(digits)} %`
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–'
  let size = value
  let unit = 0
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000
    unit += 1
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${UNITS[unit]}`
}
