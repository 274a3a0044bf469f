import { metric } from '@/format'

import styles from './explain.module.css'

interface Props {
  value: number
  low: number
  high: number
  /** The ends of the line on which all of them lie. */
  ends: [number, number]
  /** Where a line marks what they are compared with. */
  mark?: number
}

/** A point with its interval on a line, and the same in figures. */
export function Interval({ value, low, high, ends: [from, to], mark }: Props) {
  const at = (each: number) => `${((each - from) / (to - from || 1)) * 100}%`
  const shown = (each: number) => metric(Number(each.toPrecision(3)))
  return (
    <div className={styles['interval']}>
      <div role="img" aria-label={`${shown(value)}, between ${shown(low)} and ${shown(high)}`} style={{ '--from': at(low), '--to': at(high), '--at': at(value), '--all': mark === undefined ? '-2px' : at(mark) }} />
      <span>
        {shown(value)} <small>({shown(low)} to {shown(high)})</small>
      </span>
    </div>
  )
}

/** A line on which all of these have room. */
export function endsOf(values: number[]): [number, number] {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const space = (most - least) * 0.06
  return [least - space, most + space]
}
