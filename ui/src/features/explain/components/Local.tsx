import { useQuery } from '@tanstack/react-query'
import { Lightbulb } from 'lucide-react'

import { Button, Card, Empty, Grid } from '@/components'
import { exampleOf, filledBy, rowOf, type Hint, type SignatureColumn } from '@/features/deployments'

import { isMade, rowExplanationQuery, type Asked } from '../api'
import { changedTexts } from '../typed'
import { RowAnswer } from './RowAnswer'
import { PickRow, TypeRow } from './RowForms'

export interface LocalProps {
  name: string
  version: number
  inputs: SignatureColumn[]
  example: unknown
  hints: Hint[]
  /** The columns, the most important first. */
  order: string[]
  /** The data set that rows are picked from, if it is known. */
  dataset: string | null
  row: number | undefined
  /** A row that was typed: what in it is not as the form had it at first. */
  typed: Record<string, string> | undefined
  output: string | undefined
  named: (output: string) => string
  onRow: (row: number) => void
  onType: (typed: Record<string, string>) => void
}

/** Why this row: picked by its number or typed; SHAP and LIME beside each other. */
export function Local(props: LocalProps) {
  const { name, version, inputs, example, hints, order, dataset, row, typed, output, named, onRow, onType } = props
  const first = filledBy(hints, exampleOf(example))
  const texts = { ...first, ...typed }
  const instance = rowOf(inputs, texts) as Record<string, string | number | boolean | null>
  const asked: Asked | null = row !== undefined ? { row } : typed ? { instance } : null
  return (
    <>
      <Card title="Explain a row" actions={row !== undefined && inputs.length > 0 && <ChangeRow {...props} row={row} first={first} />}>
        {dataset !== null && <PickRow key={row} dataset={dataset} row={row} onRow={onRow} />}
        {inputs.length > 0 && (
          <TypeRow key={JSON.stringify(typed)} inputs={inputs} hints={hints} order={order} texts={texts} open={typed !== undefined} onAsk={(changed) => onType(changedTexts(first, changed))} />
        )}
      </Card>
      {asked === null ? (
        <Empty icon={<Lightbulb />} title="Why does it say that?">
          Pick a row or type one: SHAP tells what each column adds to the prediction, LIME which rules hold around it.
        </Empty>
      ) : (
        <Grid least={440}>
          {(['shap', 'lime'] as const).map((method) => (
            <Card key={method} title={method === 'shap' ? 'SHAP' : 'LIME'}>
              <RowAnswer name={name} version={version} method={method} asked={asked} output={output} named={named} />
            </Card>
          ))}
        </Grid>
      )}
    </>
  )
}

/** From the row that is explained to one that differs in what somebody wants to try. */
function ChangeRow({ name, version, row, inputs, first, onType }: LocalProps & { row: number; first: Record<string, string> }) {
  const { data } = useQuery(rowExplanationQuery(name, version, 'shap', { row }))
  const values = data && isMade(data) ? data.rows?.[0]?.instance : undefined
  if (!values) return null
  const texts = Object.fromEntries(inputs.map(({ name: column }) => [column, String(values[column] ?? '')]))
  return (
    <Button small onClick={() => onType(changedTexts(first, texts))}>
      Change its values
    </Button>
  )
}
