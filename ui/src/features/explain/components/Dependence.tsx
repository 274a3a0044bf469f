import { Plane } from '@/charts'
import { BareSelect, Card, Table } from '@/components'
import { metric } from '@/format'

import type { DependenceCurve } from '../api'
import styles from './explain.module.css'

interface Props {
  curves: DependenceCurve[]
  place: number
  /** What the output is called. */
  told: string
  column: string | undefined
  onColumn: (column: string) => void
}

/** What the model says on average when a column is set to a value. */
export function DependenceCard({ curves, place, told, column, onColumn }: Props) {
  const curve = curves.find((each) => each.column === column) ?? curves[0]
  if (!curve) return null
  return (
    <Card
      title={`Dependence of ${told}`}
      actions={
        <div className={styles['choices']}><BareSelect label="Column" value={curve.column} onChange={(event) => onColumn(event.target.value)}>
          {curves.map((each) => (
            <option key={each.column}>{each.column}</option>
          ))}
        </BareSelect></div>
      }
    >
      {curve.numeric && curve.values.every((value) => typeof value === 'number') ? <Line curve={curve} place={place} told={told} /> : <Levels curve={curve} place={place} />}
      <p className={styles['quiet']}>The mean when every row gets the value; between the outer lines lie 80 % of the rows.</p>
    </Card>
  )
}

function Line({ curve, place, told }: { curve: DependenceCurve; place: number; told: string }) {
  const x = curve.values as number[]
  const parts = [
    { name: 'mean', y: curve.mean[place] ?? [], colour: 0 },
    { name: '10 % of rows below', y: curve.low[place] ?? [], colour: 2 },
    { name: '10 % of rows above', y: curve.high[place] ?? [], colour: 3 },
  ]
  return <Plane label={`Dependence on ${curve.column}`} xLabel={curve.column} yLabel={told} series={parts.map((part) => ({ ...part, x }))} />
}

function Levels({ curve, place }: { curve: DependenceCurve; place: number }) {
  const rows = curve.values.map((value, index) => ({
    value: value === null ? 'missing' : String(value),
    mean: curve.mean[place]?.[index],
    low: curve.low[place]?.[index],
    high: curve.high[place]?.[index],
  }))
  return (
    <Table
      label={`Dependence on ${curve.column}`}
      columns={[
        { header: curve.column, cell: ({ value }) => value },
        { header: 'Mean', number: true, cell: ({ mean }) => metric(mean) },
        { header: '80 % of rows', number: true, cell: ({ low, high }) => `${metric(low)} to ${metric(high)}` },
      ]}
      rows={rows}
      rowKey={({ value }) => value}
    />
  )
}
