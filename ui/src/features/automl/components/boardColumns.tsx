import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import { Chip, Chips } from '@/components'
import { bytes, metric, percent, span } from '@/format'

import { milliseconds, scoreOf } from '../metrics'
import type { Order } from '../search'
import type { Trial } from '../trials'
import styles from './board.module.css'
import { Dot, Family } from './Family'

/** What is below is no error, but how numbers are stored. */
const LEAST_ERROR = 1e-12

export interface BoardColumn {
  header: string
  cell: (trial: Trial) => ReactNode
  /** The class of its cells. */
  shape: 'rank' | 'name' | 'wide' | 'number' | 'wideNumber' | 'mark'
  /** What its head sorts by. */
  order?: Order
  bare?: boolean
}

/** What stands in a leaderboard's rows; what only an ended search knows has its columns then. */
export function columnsFor(name: string, range: [number, number], best: number | null, ranks: Map<string, number>, ended: boolean): BoardColumn[] {
  return [
    { header: 'Rank', shape: 'rank', cell: (trial) => ranks.get(trial.name) },
    { header: 'Configuration', shape: 'name', cell: (trial) => <Named trial={trial} /> },
    { header: 'Family', shape: 'wide', cell: ({ family }) => <Family family={family} /> },
    { header: 'Score', shape: 'number', order: 'score', cell: (trial) => <Scored trial={trial} name={name} /> },
    { header: 'Score against the best', shape: 'mark', bare: true, cell: (trial) => <Mark trial={trial} range={range} best={best} /> },
    { header: 'Fit', shape: 'wideNumber', order: 'fit', cell: ({ fitSeconds }) => (fitSeconds === null ? '–' : span(fitSeconds)) },
    ...(ended
      ? ([
          { header: 'Predict 1,000', shape: 'wideNumber', order: 'predict', cell: ({ entry }) => (entry ? milliseconds(entry.predict_ms_per_1000) : '–') },
          { header: 'Size', shape: 'wideNumber', order: 'size', cell: ({ entry }) => bytes(entry?.size_bytes) },
        ] satisfies BoardColumn[])
      : []),
    { header: 'Done after', shape: 'wideNumber', order: 'at', cell: ({ at }) => (at === null ? '–' : span(at)) },
  ]
}

function Named({ trial: { name, family, entry } }: { trial: Trial }) {
  return (
    <Chips>
      <span className={styles['narrow']}><Dot family={family} /></span>
      {entry?.run_id ? <Link to="/runs/$runId" params={{ runId: entry.run_id }}>{name}</Link> : name}
      {entry?.status === 'final' && <Chip strong>winner</Chip>}
      {entry?.status === 'member' && entry.weight > 0 && <Chip title="Its weight in the ensemble">{percent(entry.weight)}<span className="visually-hidden"> of the ensemble</span></Chip>}
    </Chips>
  )
}

function Scored({ trial: { score, error }, name }: { trial: Trial; name: string }) {
  return (
    <>
      {metric(scoreOf(name, score))}
      {error !== null && error > LEAST_ERROR && <small> ± {Number(error.toPrecision(2))}</small>}
    </>
  )
}

/** Where a score lies between the poor and the best one, with its standard error; a line marks the best. */
function Mark({ trial: { score, error }, range: [low, high], best }: { trial: Trial; range: [number, number]; best: number | null }) {
  if (score === null) return null
  const at = (value: number) => Math.min(1, Math.max(0, (value - low) / (high - low)))
  const [from, to] = [at(score - (error ?? 0)), at(score + (error ?? 0))]
  const below = score < low
  return (
    <div
      className={`${styles['place']} ${below ? styles['below'] : ''}`}
      title={below ? 'Far below the others' : 'Where the score lies among the others, and its standard error'}
      style={{ '--at': `${at(score) * 100}%`, '--from': `${from * 100}%`, '--width': `${(to - from) * 100}%`, '--best': `${at(best ?? score) * 100}%` }}
    />
  )
}
