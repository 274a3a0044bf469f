import { Card } from '@/components'
import { metric, percent, plural } from '@/format'

import type { Results } from '../api'
import { metricName, milliseconds, scoreOf } from '../metrics'
import { readsOf } from '../trials'
import { Family, shadeOf } from './Family'
import styles from './told.module.css'

/** What the winner is mixed of, what each part gives and reads, and what the mixture gains and costs. */
export function Ensemble({ results: { leaderboard, metric: name } }: { results: Results }) {
  const whole = leaderboard.find(({ status }) => status === 'final')
  const members = leaderboard.filter(({ status, weight }) => status === 'member' && weight > 0).toSorted((a, b) => b.weight - a.weight)
  if (!whole || members.length === 0) return null
  const shown = (score: number | null) => metric(scoreOf(name, score))
  const single = leaderboard.find((entry) => entry.family !== 'ensemble' && readsOf(entry).length === 0)
  const weighed = new Set(members.map((member) => member.name))
  const unweighed = new Set(members.flatMap(readsOf).filter((read) => !weighed.has(read))).size
  return (
    <Card title={members.length === 1 ? 'The winner is stacked' : `The ensemble · ${members.length}`}>
      <div className={styles['stack']} aria-hidden>
        {members.map(({ name: member, family, weight }) => (
          <div key={member} className={shadeOf(family)} style={{ '--weight': weight }} />
        ))}
      </div>
      <ul className={styles['members']} aria-label="Members of the ensemble, by weight">
        {members.map((member) => (
          <li key={member.name}>
            <strong>{percent(member.weight)}</strong>
            <span>
              {member.name} <Reads names={readsOf(member)} />
            </span>
            <Family family={member.family} />
            <span title={`Its own ${metricName(name)}`}>{shown(member.score)}</span>
          </li>
        ))}
      </ul>
      {unweighed > 0 && <p className={styles['quiet']}>{plural(unweighed, 'model')} without a weight {unweighed === 1 ? 'is' : 'are'} asked as well, for what is read of {unweighed === 1 ? 'it' : 'them'}.</p>}
      {single && (
        <p className={styles['quiet']}>
          Together {shown(whole.score)}; the best alone, {single.name}, has {shown(single.score)}
          {isClose(whole, single) ? ', less than a standard error away' : ''}. A thousand predictions take {milliseconds(whole.predict_ms_per_1000)}, with it alone {milliseconds(single.predict_ms_per_1000)}.
        </p>
      )}
    </Card>
  )
}

function Reads({ names }: { names: string[] }) {
  if (names.length === 0) return null
  return <small title={names.join(', ')}>reads the predictions of {plural(names.length, 'other')}</small>
}

type Entry = Results['leaderboard'][number]

function isClose(one: Entry, other: Entry): boolean {
  return one.score !== null && other.score !== null && one.standard_error !== null && Math.abs(one.score - other.score) < one.standard_error
}
