import { Card } from '@/components'
import { metric, percent } from '@/format'

import type { Results } from '../api'
import { metricName, milliseconds, scoreOf } from '../metrics'
import { Family, shadeOf } from './Family'
import styles from './told.module.css'

/** What the winner is mixed of, what each part gives, and what the mixture gains and costs. */
export function Ensemble({ results: { leaderboard, metric: name } }: { results: Results }) {
  const whole = leaderboard.find(({ status }) => status === 'final')
  const members = leaderboard.filter(({ status, weight }) => status === 'member' && weight > 0).toSorted((a, b) => b.weight - a.weight)
  if (!whole || members.length === 0) return null
  const shown = (score: number | null) => metric(scoreOf(name, score))
  const single = leaderboard.find((entry) => entry !== whole && entry.family !== 'ensemble')
  return (
    <Card title={`The ensemble · ${members.length}`}>
      <div className={styles['stack']} aria-hidden>
        {members.map(({ name: member, family, weight }) => (
          <div key={member} className={shadeOf(family)} style={{ '--weight': weight }} />
        ))}
      </div>
      <ul className={styles['members']} aria-label="Members of the ensemble, by weight">
        {members.map(({ name: member, family, weight, score }) => (
          <li key={member}>
            <strong>{percent(weight)}</strong>
            <span>{member}</span>
            <Family family={family} />
            <span title={`Its own ${metricName(name)}`}>{shown(score)}</span>
          </li>
        ))}
      </ul>
      {single && (
        <p className={styles['quiet']}>
          Together {shown(whole.score)}; the best alone, {single.name}, has {shown(single.score)}
          {isClose(whole, single) ? ', less than a standard error away' : ''}. A thousand predictions take {milliseconds(whole.predict_ms_per_1000)}, with it alone {milliseconds(single.predict_ms_per_1000)}.
        </p>
      )}
    </Card>
  )
}

type Entry = Results['leaderboard'][number]

function isClose(one: Entry, other: Entry): boolean {
  return one.score !== null && other.score !== null && one.standard_error !== null && Math.abs(one.score - other.score) < one.standard_error
}
