import { metric } from '@/format'

import styles from './chart.module.css'

interface BarsProps {
  label: string
  /** `onPick`: what a press on the name does. */
  items: { name: string; value: number; onPick?: () => void }[]
  /** The value of a full bar; by default the greatest. */
  full?: number
}

/** Values beside their names, in the order given. */
export function Bars({ label, items, full }: BarsProps) {
  const most = full ?? Math.max(...items.map(({ value }) => Math.abs(value)), Number.MIN_VALUE)
  return (
    <ul className={styles['bars']} aria-label={label}>
      {items.map(({ name, value, onPick }) => (
        <li key={name} className={styles['bar']}>
          <span title={name}>{onPick ? <button type="button" onClick={onPick}>{name}</button> : name}</span>
          <div>
            <div style={{ width: `${(Math.abs(value) / most) * 100}%` }} />
          </div>
          <span>{metric(value)}</span>
        </li>
      ))}
    </ul>
  )
}

/** How values are spread; `told` is the same in words. */
export function HistogramBars({ counts, told }: { counts: number[]; told: string }) {
  const most = Math.max(...counts, 1)
  return (
    <div className={styles['histogram']} role="img" aria-label={told} title={told}>
      {counts.map((count, index) => (
        <div key={index} style={{ height: `${(count / most) * 100}%` }} />
      ))}
    </div>
  )
}
