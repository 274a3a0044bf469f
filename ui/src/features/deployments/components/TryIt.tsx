import { Play } from 'lucide-react'
import { useState, type FormEvent } from 'react'

import { ActionButton } from '@/access'
import { Button, Card, Grid, TextArea } from '@/components'

import { usePredict, type Row } from '../api'
import { exampleOf, filledBy, rowOf, rowsOfJson, type Hint, type SignatureColumn } from '../inputs'
import { Answer } from './Answer'
import { InputFields } from './InputFields'
import { Snippets } from './Snippets'
import styles from './try.module.css'

interface Props {
  name: string
  inputs: SignatureColumn[]
  example: unknown
  hints: Hint[]
  json: boolean
  onMode: (json: boolean) => void
}

/** A field for each column of the signature, or JSON; what the model answers; the same from a program. */
export function TryIt({ name, inputs, example, hints, json, onMode }: Props) {
  const [texts, setTexts] = useState(() => filledBy(hints, exampleOf(example)))
  const [written, setWritten] = useState<string | null>(null)
  const predict = usePredict(name)
  const filled = rowOf(inputs, texts)
  const text = written ?? JSON.stringify([filled], null, 2)
  const read = json ? rowsOfJson(text) : { rows: [filled] }
  const rows: Row[] = 'rows' in read ? read.rows : [filled]
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if ('rows' in read) predict.mutate(read.rows)
  }
  const turn = () => {
    setWritten(null)
    onMode(!json)
  }
  return (
    <>
      <Grid least={340}>
        <Card title="Try it" actions={<Button small onClick={turn}>{json ? 'As a form' : 'As JSON'}</Button>}>
          <form className={styles['form']} onSubmit={submit}>
            {json ? (
              <div className={styles['json']}>
                <TextArea label="Rows" rows={14} spellCheck={false} value={text} wrong={'wrong' in read ? read.wrong : null} onChange={(event) => setWritten(event.target.value)} hint="A row or a list of rows, by column name" />
              </div>
            ) : (
              <InputFields inputs={inputs} hints={hints} texts={texts} onChange={setTexts} />
            )}
            <ActionButton permission="deployment:predict" look="primary" type="submit" icon={<Play />} disabled={predict.isPending || 'wrong' in read}>
              Predict
            </ActionButton>
          </form>
        </Card>
        <Card title="Answer">
          <Answer error={predict.error} answer={predict.data} />
        </Card>
      </Grid>
      <Snippets name={name} rows={rows} />
    </>
  )
}
