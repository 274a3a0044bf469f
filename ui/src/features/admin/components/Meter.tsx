import { percent } from '@/format'

import styles from './storage.module.css'

interface Props {
  label: string
  part: number
  whole: number
  /** Much is bad: almost all of it is red. */
  alarm?: boolean
}

/** How much of something is used. */
export function Meter({ label, part, whole, alarm = false }: Props) {
  const fraction = whole > 0 ? part / whole : 0
  return (
    <div
      role="meter"
      aria-label={label}
      aria-valuenow={Math.round(fraction * 100)}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuetext={percent(fraction)}
      className={`${styles['meter']} ${alarm && fraction > 0.9 ? styles['full'] : ''}`}
    >
      <div style={{ width: `${fraction * 100}%` }} />
    </div>
  )
}
