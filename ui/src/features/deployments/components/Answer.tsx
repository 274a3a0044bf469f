import { Bars } from '@/charts'
import { ProblemPanel, Table } from '@/components'
import { metric } from '@/format'

import type { Prediction } from '../api'
import styles from './try.module.css'

interface Props {
  error: unknown
  answer: { prediction: Prediction; milliseconds: number } | undefined
}

/** What the model said: a prediction with its probabilities, or a line for each of several rows. */
export function Answer({ error, answer }: Props) {
  if (error) return <ProblemPanel error={error} />
  if (!answer) return <span className={styles['quiet']}>Fill in a row and press Predict; what is left empty counts as missing.</span>
  const { prediction, milliseconds } = answer
  const { model, predictions } = prediction
  const several = predictions.length > 1
  return (
    <div className={styles['answer']} aria-live="polite">
      {several ? <Several prediction={prediction} /> : <One prediction={prediction} />}
      <span className={styles['quiet']}>
        {model.name} v{model.version}, after {Math.round(milliseconds)} ms
      </span>
    </div>
  )
}

const MOST_BARS = 12

function One({ prediction: { predictions, probabilities } }: { prediction: Prediction }) {
  const found = Object.entries(probabilities?.[0] ?? {}).sort(([, a], [, b]) => b - a)
  return (
    <>
      <strong>{shown(predictions[0])}</strong>
      {found.length > 0 && <Bars label="Probabilities" full={1} items={found.slice(0, MOST_BARS).map(([name, value]) => ({ name, value }))} />}
    </>
  )
}

function Several({ prediction: { predictions, probabilities } }: { prediction: Prediction }) {
  const sure = (row: number) => Math.max(...Object.values(probabilities?.[row] ?? {}))
  return (
    <Table
      label="Predictions"
      columns={[
        { header: 'Row', number: true, tight: true, cell: ({ row }) => row + 1 },
        { header: 'Prediction', cell: ({ value }) => shown(value) },
        ...(probabilities ? [{ header: 'Probability', number: true, cell: ({ row }: { row: number }) => metric(sure(row)) }] : []),
      ]}
      rows={predictions.map((value, row) => ({ value, row }))}
      rowKey={({ row }) => String(row)}
    />
  )
}

function shown(value: unknown): string {
  return typeof value === 'number' ? metric(value) : typeof value === 'string' ? value : JSON.stringify(value)
}
