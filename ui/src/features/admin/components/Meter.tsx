import { percent } from '@/format'

import styles from './storage.module.css'

/** How much of something is used. */
export function Meter({ label, part, whole }: { label: string; part: number; whole: number }) {
  const fraction = whole > 0 ? part / whole : 0
  return (
    <div
      role="meter"
      aria-label={label}
      aria-valuenow={Math.round(fraction * 100)}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuetext={percent(fraction)}
      className={`${styles['meter']} ${fraction > 0.9 ? styles['full'] : ''}`}
    >
      <div style={{ width: `${fraction * 100}%` }} />
    </div>
  )
}
