import { Plane } from '@/charts'
import { BareSelect, Card } from '@/components'

import type { DependenceCurve } from '../api'
import styles from './explain.module.css'
import { endsOf, Interval } from './Interval'

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
  const lines = curve.numeric && curve.values.every((value) => typeof value === 'number')
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
      {lines ? <Line curve={curve} place={place} told={told} /> : <Levels curve={curve} place={place} />}
      <p className={styles['quiet']}>The mean when every row gets the value; 80 % of the rows lie {lines ? 'in the shade' : 'on the line'}.</p>
    </Card>
  )
}

function Line({ curve, place, told }: { curve: DependenceCurve; place: number; told: string }) {
  const x = curve.values as number[]
  const band = { x, low: curve.low[place] ?? [], high: curve.high[place] ?? [] }
  return <Plane label={`Dependence on ${curve.column}`} xLabel={curve.column} yLabel={told} band={band} series={[{ name: 'mean', x, y: curve.mean[place] ?? [], colour: 0 }]} />
}

function Levels({ curve, place }: { curve: DependenceCurve; place: number }) {
  const [means, lows, highs] = [curve.mean[place] ?? [], curve.low[place] ?? [], curve.high[place] ?? []]
  const ends = endsOf([...lows, ...highs])
  return (
    <ul className={styles['slices']} aria-label={`Dependence on ${curve.column}`}>
      {curve.values.map((each, index) => {
        const name = each === null ? 'missing' : String(each)
        return (
          <li key={name} className={styles['level']}>
            <span title={name}>{name}</span>
            <Interval value={means[index] ?? 0} low={lows[index] ?? 0} high={highs[index] ?? 0} ends={ends} />
          </li>
        )
      })}
    </ul>
  )
}
