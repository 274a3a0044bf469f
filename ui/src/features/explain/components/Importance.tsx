import { useState } from 'react'

import { Bars } from '@/charts'
import { BareSelect, Button, Card } from '@/components'
import { metric } from '@/format'

import type { ModelView } from '../api'
import styles from './explain.module.css'

type Importance = ModelView['importances'][number]
const MEASURES = {
  shap: { name: 'Effect on predictions (SHAP)', of: (each: Importance) => each.shap },
  shuffled: { name: 'Loss if shuffled', of: (each: Importance) => each.shuffle_loss ?? null },
  lime: { name: 'Weight in local models (LIME)', of: (each: Importance) => each.lime ?? null },
} as const
type Measure = keyof typeof MEASURES
const SHOWN = 15

/** Which columns matter, by one of three measures; a column's name shows how the model depends on it. */
export function ImportanceCard({ view, onColumn }: { view: ModelView; onColumn: (column: string) => void }) {
  const [measure, setMeasure] = useState<Measure>('shap')
  const [all, setAll] = useState(false)
  const known = (Object.keys(MEASURES) as Measure[]).filter((each) => view.importances.some((column) => MEASURES[each].of(column) !== null))
  const drawn = new Set(view.dependence.map(({ column }) => column))
  const items = view.importances
    .map((column) => ({ name: column.column, value: Number((MEASURES[measure].of(column) ?? 0).toPrecision(3)) }))
    .toSorted((a, b) => b.value - a.value)
  return (
    <Card
      title="What matters"
      actions={
        <div className={styles['choices']}><BareSelect label="Measure" value={measure} onChange={(event) => setMeasure(event.target.value as Measure)}>
          {known.map((each) => (
            <option key={each} value={each}>
              {MEASURES[each].name}
            </option>
          ))}
        </BareSelect></div>
      }
    >
      <Bars label={MEASURES[measure].name} items={items.slice(0, all ? undefined : SHOWN).map((item) => (drawn.has(item.name) ? { ...item, onPick: () => onColumn(item.name) } : item))} />
      {!all && items.length > SHOWN && (
        <Button look="quiet" small onClick={() => setAll(true)}>
          Show all {items.length}
        </Button>
      )}
      {measure === 'shuffled' && view.metric && (
        <p className={styles['quiet']}>
          What {view.metric.replaceAll('_', ' ')} ({metric(view.score)} on these rows) loses when the column’s values are shuffled.
        </p>
      )}
    </Card>
  )
}
