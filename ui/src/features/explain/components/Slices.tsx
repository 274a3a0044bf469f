import { useState } from 'react'

import { BareSelect, Card } from '@/components'
import { count, metric } from '@/format'

import type { ModelSlice } from '../api'
import styles from './explain.module.css'
import { endsOf, Interval } from './Interval'

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
  const all = [shown.overall, ...shown.groups.filter(({ value }) => value !== null)]
  const few = shown.groups.filter(({ value }) => value === null)
  const ends = endsOf(all.flatMap(({ low, high }) => [low, high]).filter((each) => each !== null))
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
            {isKnown(figure) && <Interval {...figure} ends={ends} {...(shown.overall.value !== null && { mark: shown.overall.value })} />}
            <span>{count(figure.count)} rows</span>
          </li>
        ))}
      </ul>
      <p className={styles['quiet']}>
        Point and 95 % interval; the line is all rows.
        {few.length > 0 && ` Too few rows to say: ${few.map(({ group, count: rows }) => `${group} (${count(rows)})`).join(', ')}.`}
        {typeof shown.difference === 'number' && ` The extremes differ by ${metric(Number(shown.difference.toPrecision(3)))}.`}
      </p>
    </Card>
  )
}

function isKnown(figure: Figure): figure is Figure & { value: number; low: number; high: number } {
  return figure.value !== null && figure.low !== null && figure.high !== null
}
