import { Card } from '@/components'
import { metric, plural, span } from '@/format'

import { scoreOf } from '../metrics'
import { byFamily, type Point } from '../trials'
import { Family, shadeOf } from './Family'
import styles from './families.module.css'

/** Where the time went, and what each family made of it. */
export function FamilyTimes({ points, metric: name }: { points: Point[]; metric: string }) {
  const families = byFamily(points)
  const most = Math.max(...families.map(({ seconds }) => seconds), Number.MIN_VALUE)
  return (
    <Card title="Time by family">
      {families.length === 0 && <p className={styles['quiet']}>Nothing has finished yet.</p>}
      <ul className={styles['families']} aria-label="Time by family">
        {families.map(({ family, trials, seconds, best }) => (
          <li key={family}>
            <Family family={family} />
            <span>{metric(scoreOf(name, best === null ? null : Number(best.toPrecision(4))))}</span>
            <div className={styles['track']}>
              <div className={shadeOf(family)} style={{ '--share': `${(seconds / most) * 100}%` }} />
            </div>
            <span>
              {span(seconds)} <small>{plural(trials, 'trial')}</small>
            </span>
          </li>
        ))}
      </ul>
      {families.length > 0 && <p className={styles['quiet']}>Right of each family its best score, below it the time that its fits took.</p>}
    </Card>
  )
}
