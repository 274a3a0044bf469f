import { Play } from 'lucide-react'
import { useState, type FormEvent } from 'react'

import { ActionButton } from '@/access'
import { Bars } from '@/charts'
import { Card, Grid, ProblemPanel, SelectField, TextField } from '@/components'

import { usePredict, type Prediction } from '../api'
import { controlOf, exampleOf, rowOf, type SignatureColumn } from '../inputs'
import styles from './try.module.css'

interface Props {
  name: string
  inputs: SignatureColumn[]
  example: unknown
}

/** A field for each column of the signature, and what the model answers. */
export function TryIt({ name, inputs, example }: Props) {
  const [texts, setTexts] = useState(() => exampleOf(example))
  const predict = usePredict(name)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    predict.mutate(rowOf(inputs, texts))
  }
  return (
    <Grid least={340}>
      <Card title="Try it">
        <form className={styles['form']} onSubmit={submit}>
          <div className={styles['inputs']}>
            {inputs.map((column) => (
              <InputField key={column.name} column={column} value={texts[column.name] ?? ''} onChange={(value) => setTexts({ ...texts, [column.name]: value })} />
            ))}
          </div>
          <ActionButton permission="deployment:predict" look="primary" type="submit" icon={<Play />} disabled={predict.isPending}>
            Predict
          </ActionButton>
        </form>
      </Card>
      <Card title="Answer">
        {predict.error ? (
          <ProblemPanel error={predict.error} />
        ) : predict.data ? (
          <Answer {...predict.data} />
        ) : (
          <span className={styles['quiet']}>Fill in a row and press Predict; what is left empty counts as missing.</span>
        )}
      </Card>
    </Grid>
  )
}

function InputField({ column, value, onChange }: { column: SignatureColumn; value: string; onChange: (value: string) => void }) {
  const control = controlOf(column.type)
  if (control === 'boolean') {
    return (
      <SelectField label={column.name} value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">missing</option>
        <option value="true">true</option>
        <option value="false">false</option>
      </SelectField>
    )
  }
  return (
    <TextField
      label={column.name}
      value={value}
      type={control === 'number' ? 'number' : 'text'}
      step="any"
      placeholder={column.type}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}

function Answer({ prediction, milliseconds }: { prediction: Prediction; milliseconds: number }) {
  const probabilities = prediction.probabilities?.[0]
  const { model } = prediction
  return (
    <div className={styles['answer']} aria-live="polite">
      <strong>{String(prediction.predictions[0])}</strong>
      {probabilities && (
        <Bars label="Probabilities" full={1} items={Object.entries(probabilities).sort(([, a], [, b]) => b - a).map(([label, value]) => ({ name: label, value }))} />
      )}
      <span className={styles['quiet']}>
        {model.name} v{model.version}, after {Math.round(milliseconds)} ms
      </span>
    </div>
  )
}
