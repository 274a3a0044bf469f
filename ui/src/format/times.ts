/** Times and spans as people read them. */

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' })

/** "3 min. ago". A clock that is off by seconds never shows a time to come. */
export function ago(time: string | number, now = Date.now()): string {
  const seconds = Math.min(0, (new Date(time).getTime() - now) / 1000)
  for (const [unit, size] of STEPS) {
    if (-seconds >= size) return relative.format(Math.round(seconds / size), unit)
  }
  return 'just now'
}

const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })

/** Date and time in the reader's zone. */
export function moment(time: string | number): string {
  return full.format(new Date(time))
}

/** "1 h 12 min", "3.4 s". */
export function span(seconds: number): string {
  if (seconds < 0.9995) return `${Math.round(Math.max(0, seconds) * 1000)} ms`
  if (seconds < 59.95) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`
  const whole = Math.round(seconds)
  const minutes = Math.floor(whole / 60)
  if (whole < 3600) return `${minutes} min ${whole % 60} s`
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  return `${Math.floor(minutes / 1440)} d ${Math.floor((minutes % 1440) / 60)} h`
}

/** How long something took, or has taken until now. */
export function between(start: string | null, end: string | null, now = Date.now()): string {
  if (start === null) return '–'
  return span(((end === null ? now : new Date(end).getTime()) - new Date(start).getTime()) / 1000)
}
