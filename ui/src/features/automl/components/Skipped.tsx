import { Link } from '@tanstack/react-router'

import { Card } from '@/components'
import { metric } from '@/format'

import type { Request } from '../api'
import { againWith } from '../again'
import { scoreOf } from '../metrics'
import { skippedGroups, type SkippedGroup } from '../trials'
import { Family } from './Family'
import styles from './told.module.css'

const ADVICE = {
  time: 'More time lets them be tried.',
  memory: 'They need a worker with more memory, or fewer rows.',
} as const

interface Props {
  entries: SkippedGroup['entries']
  request: Request
  /** What is scored. */
  metric: string
}

/** What has no score, by why. */
export function Skipped({ entries, request, metric: scorer }: Props) {
  if (entries.length === 0) return null
  return (
    <Card title={`Skipped · ${entries.length}`}>
      <div className={styles['groups']}>
        {skippedGroups(entries).map(({ why, advice, entries: each }) => (
          <details key={why}>
            <summary>
              <span>{why}</span> <small>{each.length}</small>
            </summary>
            {advice && (
              <p className={styles['quiet']}>
                {ADVICE[advice]}{' '}
                {advice === 'time' && <Link to="/automl/new" search={againWith({ ...request, time_budget: (request.time_budget ?? 60) * 4 })}>Search again with four times as much</Link>}
              </p>
            )}
            {each.some(({ expected }) => typeof expected === 'number') && <p className={styles['quiet']}>Looked at on a part of the folds; beside each stands what it would about have over all.</p>}
            <ul className={styles['skipped']}>
              {each.map(({ name, family, reason, expected }, index) => (
                <li key={`${name} ${index}`}>
                  <Family family={family} />
                  <span>{name}</span>
                  {typeof expected === 'number' ? (
                    <small className={styles['promise']} title={reason}>about {metric(scoreOf(scorer, Number(expected.toPrecision(3))))}</small>
                  ) : (
                    reason !== why && <small>{reason}</small>
                  )}
                </li>
              ))}
            </ul>
          </details>
        ))}
      </div>
    </Card>
  )
}
