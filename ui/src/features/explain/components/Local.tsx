import { useQuery } from '@tanstack/react-query'
import { Lightbulb } from 'lucide-react'
import { useState, type FormEvent } from 'react'

import { ActionButton } from '@/access'
import { Card, Empty, Grid, Loaded, Notice, Skeleton, TextField } from '@/components'
import { exampleOf, filledBy, InputFields, rowOf, type Hint, type SignatureColumn } from '@/features/deployments'
import { metric } from '@/format'

import { isMade, rowExplanationQuery, type Asked, type Explanation, type Method } from '../api'
import styles from './explain.module.css'
import { Force, unitOf, Waterfall } from './Walk'

const LOW_FIT = 0.3

export interface LocalProps {
  name: string
  version: number
  inputs: SignatureColumn[]
  example: unknown
  hints: Hint[]
  /** The data set that rows are picked from, if it is known. */
  dataset: string | null
  row: number | undefined
  output: string | undefined
  onRow: (row: number | undefined) => void
}

/** Why this row: picked by its number or typed; SHAP and LIME beside each other. */
export function Local(props: LocalProps) {
  const { name, version, inputs, dataset, row, onRow } = props
  const [typed, setTyped] = useState<Asked | null>(null)
  const asked = row === undefined ? typed : { row }
  const explainTyped = (instance: Asked) => {
    setTyped(instance)
    onRow(undefined)
  }
  return (
    <>
      <Card title="Explain a row">
        {dataset !== null && <PickRow key={row} dataset={dataset} row={row} onRow={onRow} />}
        {inputs.length > 0 && <TypeRow {...props} onAsk={explainTyped} />}
      </Card>
      {asked === null ? (
        <Empty icon={<Lightbulb />} title="Why does it say that?">
          Pick a row or type one: SHAP tells what each column adds to the prediction, LIME which rules hold around it.
        </Empty>
      ) : (
        <Grid least={440}>
          {(['shap', 'lime'] as const).map((method) => (
            <Card key={method} title={method === 'shap' ? 'SHAP' : 'LIME'}>
              <Answer name={name} version={version} method={method} asked={asked} output={props.output} />
            </Card>
          ))}
        </Grid>
      )}
    </>
  )
}

function PickRow({ dataset, row, onRow }: { dataset: string; row: number | undefined; onRow: (row: number) => void }) {
  const [text, setText] = useState(String(row ?? 0))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onRow(Number(text))
  }
  return (
    <form className={styles['pick']} onSubmit={submit}>
      <TextField label={`Row of ${dataset}, counted from 0`} type="number" min={0} step={1} required value={text} onChange={(event) => setText(event.target.value)} />
      <ActionButton permission="job:submit" type="submit">
        Explain this row
      </ActionButton>
    </form>
  )
}

function TypeRow({ inputs, example, hints, onAsk }: LocalProps & { onAsk: (asked: Asked) => void }) {
  const [texts, setTexts] = useState(() => filledBy(hints, exampleOf(example)))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onAsk({ instance: rowOf(inputs, texts) as Record<string, string | number | boolean | null> })
  }
  return (
    <details className={styles['typed']}>
      <summary>Or type a row</summary>
      <form onSubmit={submit}>
        <InputFields inputs={inputs} hints={hints} texts={texts} onChange={setTexts} />
        <ActionButton permission="job:submit" look="primary" type="submit">
          Explain
        </ActionButton>
      </form>
    </details>
  )
}

interface AnswerProps {
  name: string
  version: number
  method: Method
  asked: Asked
  output: string | undefined
}

function Answer({ name, version, method, asked, output }: AnswerProps) {
  const query = useQuery(rowExplanationQuery(name, version, method, asked))
  return <Loaded query={query}>{(answer) => (isMade(answer) ? <Row found={answer} method={method} output={output} /> : <Skeleton />)}</Loaded>
}

function Row({ found, method, output }: { found: Explanation; method: Method; output: string | undefined }) {
  const row = found.rows?.[0]
  const shown = row?.outputs.find((each) => each.output === (output ?? row.chosen)) ?? row?.outputs[0]
  if (!row || !shown) return null
  const errors = shown.contributions.map(({ error }) => error ?? 0)
  return (
    <div className={styles['answer']}>
      <p>
        <strong>{shown.output}</strong>: {metric(shown.prediction)} ({unitOf(found.space)})
      </p>
      <Force output={shown} />
      <Waterfall output={shown} space={found.space} lime={method === 'lime'} />
      {typeof shown.fit === 'number' &&
        (shown.fit < LOW_FIT ? (
          <Notice kind="warning">The local model explains {shown.fit.toFixed(2)} of the model’s answers around this row (R²): do not rely on it.</Notice>
        ) : (
          <p className={styles['quiet']}>The local model explains {shown.fit.toFixed(2)} of the model’s answers around this row (R²).</p>
        ))}
      {method === 'shap' && (
        <p className={styles['quiet']}>
          Compared with {found.background_rows} rows of {found.dataset ?? 'the input example'};{' '}
          {found.method === 'permutation' ? `sampled, effects within about ±${(2 * Math.max(...errors)).toPrecision(2)}` : 'exact'}.
        </p>
      )}
    </div>
  )
}
