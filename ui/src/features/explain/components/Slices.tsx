import { useState } from 'react'

import { BareSelect, Card } from '@/components'
import { count, metric } from '@/format'

import type { ModelSlice } from '../api'
import styles from './explain.module.css'

type Figure = ModelSlice['overall']

const named = (name: string) => name.replaceAll('_', ' ')

/** How the model does for each group of a column, with N and interval. */
export function SlicesCard({ slices }: { slices: ModelSlice[] }) {
  const columns = [...new Set(slices.map(({ column }) => column))]
  const metrics = [...new Set(slices.map((each) => each.metric))]
  const [column, setColumn] = useState(columns[0])
  const [wanted, setWanted] = useState(metrics[0])
  const ofColumn = slices.filter((each) => each.column === column)
  const shown = ofColumn.find((each) => each.metric === wanted) ?? ofColumn[0]
  if (!shown) return null
  const all = [shown.overall, ...shown.groups]
  const ends = all.flatMap(({ low, high }) => [low, high]).filter((each): each is number => typeof each === 'number')
  const [low, high] = [Math.min(0, ...ends), Math.max(...ends, Number.MIN_VALUE)]
  return (
    <Card
      title="For whom it works how well"
      actions={
        <div className={styles['choices']}>
          <BareSelect label="Metric" value={shown.metric} onChange={(event) => setWanted(event.target.value)}>
            {metrics.map((each) => (
              <option key={each} value={each}>
                {named(each)}
              </option>
            ))}
          </BareSelect>
          <BareSelect label="Groups by" value={shown.column} onChange={(event) => setColumn(event.target.value)}>
            {columns.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </BareSelect>
        </div>
      }
    >
      <ul className={styles['slices']} aria-label={`${named(shown.metric)} by ${shown.column}`}>
        {all.map((figure, index) => (
          <li key={figure.group} className={index === 0 ? styles['overall'] : undefined}>
            <span title={figure.group}>{figure.group}</span>
            <Interval figure={figure} low={low} high={high} />
            <span>{count(figure.count)} rows</span>
          </li>
        ))}
      </ul>
      <p className={styles['quiet']}>
        Point and 95 % interval; groups of fewer than 30 rows have none.
        {typeof shown.difference === 'number' && ` The extremes differ by ${metric(shown.difference)}.`}
      </p>
    </Card>
  )
}

function Interval({ figure, low, high }: { figure: Figure; low: number; high: number }) {
  const { value, low: from, high: to } = figure
  if (typeof value !== 'number' || typeof from !== 'number' || typeof to !== 'number') return <em>too few to say</em>
  const at = (each: number) => `${((each - low) / (high - low || 1)) * 100}%`
  return (
    <div className={styles['interval']}>
      <div role="img" aria-label={`${metric(value)}, between ${metric(from)} and ${metric(to)}`} style={{ '--from': at(from), '--to': at(to), '--at': at(value) }} />
      <span>
        {metric(Number(value.toPrecision(3)))} <small>({metric(Number(from.toPrecision(3)))} to {metric(Number(to.toPrecision(3)))})</small>
      </span>
    </div>
  )
}
