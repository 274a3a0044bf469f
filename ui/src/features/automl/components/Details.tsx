import { Facts } from '@/components'
import { metric, span } from '@/format'

import { milliseconds } from '../metrics'
import type { Trial } from '../trials'
import styles from './board.module.css'

/** What a configuration is made of, and what it needed. */
export function Details({ trial: { entry, at } }: { trial: Trial }) {
  if (!entry) return null
  const params = Object.entries(entry.params)
  const shares = entry.family === 'ensemble'
  return (
    <div className={styles['parts']}>
      <div>
        <h3>{shares ? 'Weights of its members' : 'Parameters'}</h3>
        {params.length > 0 ? <Facts items={params.map(([name, value]) => [name, written(value)])} /> : <p>It has none.</p>}
      </div>
      <div>
        <h3>What it needed</h3>
        <Facts
          items={[
            ['Fit, all folds', span(entry.fit_seconds)],
            ['Predict 1,000 rows', milliseconds(entry.predict_ms_per_1000)],
            ...(entry.memory_mb > 0 ? ([['Memory at most', `${Math.round(entry.memory_mb)} MB`]] as [string, string][]) : []),
            ...(at === null ? [] : ([['Done', `${span(at)} after the start`]] as [string, string][])),
          ]}
        />
      </div>
    </div>
  )
}

function written(value: unknown): string {
  return typeof value === 'number' ? metric(value) : typeof value === 'string' ? value : JSON.stringify(value)
}
