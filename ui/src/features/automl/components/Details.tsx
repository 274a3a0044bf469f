import { Facts } from '@/components'
import { metric, span } from '@/format'

import { milliseconds } from '../metrics'
import { readsOf, type Trial } from '../trials'
import styles from './board.module.css'

/** What a configuration is made of, what it reads, and what it needed; predictions are measured at the end. */
export function Details({ trial }: { trial: Trial }) {
  if (!trial.params) return null
  const reads = readsOf(trial)
  const params = Object.entries(trial.params).filter(([name]) => name !== 'reads')
  return (
    <div className={styles['parts']}>
      {reads.length > 0 && (
        <div>
          <h3 id="reads">Reads the predictions of</h3>
          <ul aria-labelledby="reads">
            {reads.map((name) => (
              <li key={name}>{name}</li>
            ))}
          </ul>
        </div>
      )}
      <div>
        <h3>{trial.family === 'ensemble' ? 'Weights of its members' : 'Parameters'}</h3>
        {params.length > 0 ? <Facts items={params.map(([name, value]) => [name, written(value)])} /> : <p>It has none.</p>}
      </div>
      <div>
        <h3>What it needed</h3>
        <Facts items={needed(trial)} />
      </div>
    </div>
  )
}

function needed({ entry, fitSeconds, at }: Trial): [string, string][] {
  return [
    ...told('Fit, all folds', fitSeconds, span),
    ...told('Predict 1,000 rows', entry?.predict_ms_per_1000, milliseconds),
    ...told('Memory at most', entry?.memory_mb || null, (most) => `${Math.round(most)} MB`),
    ...told('Done', at, (seconds) => `${span(seconds)} after the start`),
  ]
}

function told(what: string, figure: number | null | undefined, write: (figure: number) => string): [string, string][] {
  return typeof figure === 'number' ? [[what, write(figure)]] : []
}

function written(value: unknown): string {
  return typeof value === 'number' ? metric(value) : typeof value === 'string' ? value : JSON.stringify(value)
}
