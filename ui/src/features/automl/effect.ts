/** Where an interval lies on a logarithmic line with 1 in its middle. */

interface Interval {
  estimate: number
  low: number
  high: number
}

const LEAST_SPAN = Math.log(2)

/** In percent of the line, from half or less on its left end to double or more on its right. */
export function placesOf({ estimate, low, high }: Interval): Interval & { one: number } {
  const log = (value: number) => Math.log(Math.max(value, 1e-3))
  const reach = Math.max(LEAST_SPAN, Math.abs(log(low)), Math.abs(log(high))) * 1.15
  const at = (value: number) => 50 + (log(value) / reach) * 50
  return { estimate: at(estimate), low: at(low), high: at(high), one: 50 }
}
