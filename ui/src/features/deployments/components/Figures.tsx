import { useQuery } from '@tanstack/react-query'

import { Ago, Card, Loaded } from '@/components'
import { count, metric } from '@/format'

import { figuresQuery } from '../api'
import styles from './try.module.css'

/** How often it was asked and how long it took, as its gateway has counted since it started. */
export function Figures({ name }: { name: string }) {
  const query = useQuery(figuresQuery(name))
  return (
    <Card title="Requests">
      <Loaded query={query}>
        {({ requests, errors, last_minute, milliseconds, since, last_at }) => (
          <>
            <div className={styles['figures']}>
              <Figure told="requests" value={count(requests)} />
              <Figure told="refused or failed" value={count(errors)} />
              <Figure told="in the last minute" value={count(last_minute)} />
              {milliseconds && (
                <>
                  <Figure told="ms, half are quicker" value={metric(milliseconds.p50)} />
                  <Figure told="ms, 95 % are quicker" value={metric(milliseconds.p95)} />
                  <Figure told="ms, 99 % are quicker" value={metric(milliseconds.p99)} />
                </>
              )}
            </div>
            <p className={styles['quiet']}>
              Counted by the gateway since it started, <Ago time={since} />.
              {milliseconds && ` Times are of the last ${count(milliseconds.rows)}, inside the gateway.`}{' '}
              {last_at && <>The last one was <Ago time={last_at} />.</>}
            </p>
          </>
        )}
      </Loaded>
    </Card>
  )
}

function Figure({ told, value }: { told: string; value: string }) {
  return (
    <div>
      <strong>{value}</strong>
      <span className={styles['quiet']}>{told}</span>
    </div>
  )
}
