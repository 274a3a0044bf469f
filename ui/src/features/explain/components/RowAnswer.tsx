import { useQuery } from '@tanstack/react-query'

import { Notice, ProblemPanel, Skeleton } from '@/components'
import { metric } from '@/format'

import { isMade, rowExplanationQuery, type Asked, type Explanation, type Method } from '../api'
import styles from './explain.module.css'
import { Force, unitOf, Waterfall } from './Walk'

const LOW_FIT = 0.3

interface Props {
  name: string
  version: number
  method: Method
  asked: Asked
  /** The class that is looked at; by default the one that the model chose. */
  output: string | undefined
  /** What an output is called. */
  named: (output: string) => string
}

/** Why the model says what it says of a row, by one of the two methods. */
export function RowAnswer({ name, version, method, asked, output, named }: Props) {
  const query = useQuery(rowExplanationQuery(name, version, method, asked))
  // What was on its way when it failed is no answer: asking again is a new attempt.
  if (query.error && !query.isFetching) return <ProblemPanel error={query.error} retry={() => void query.refetch()} />
  return query.data && isMade(query.data) ? <Row found={query.data} method={method} output={output} named={named} /> : <Skeleton />
}

function Row({ found, method, output, named }: { found: Explanation; method: Method; output: string | undefined; named: Props['named'] }) {
  const row = found.rows?.[0]
  const shown = row?.outputs.find((each) => each.output === (output ?? row.chosen)) ?? row?.outputs[0]
  if (!row || !shown) return null
  const told = named(shown.output)
  return (
    <div className={styles['answer']}>
      <p>
        <strong>{told}</strong>: {metric(shown.prediction)}
        {found.space !== 'value' && ` (${unitOf(found.space)})`}
      </p>
      <Force output={shown} />
      <Waterfall output={shown} told={told} space={found.space} lime={method === 'lime'} />
      {typeof shown.fit === 'number' &&
        (shown.fit < LOW_FIT ? (
          <Notice kind="warning">The local model explains {shown.fit.toFixed(2)} of the model’s answers around this row (R²): do not rely on it.</Notice>
        ) : (
          <p className={styles['quiet']}>The local model explains {shown.fit.toFixed(2)} of the model’s answers around this row (R²).</p>
        ))}
      {method === 'shap' && <Compared found={found} errors={shown.contributions.map(({ error }) => error ?? 0)} />}
    </div>
  )
}

function Compared({ found, errors }: { found: Explanation; errors: number[] }) {
  const exactness = found.method === 'permutation' ? `sampled, effects within about ±${metric(Number((2 * Math.max(...errors)).toPrecision(2)))}` : 'exact'
  return (
    <p className={styles['quiet']}>
      Compared with {found.background_rows} rows of {found.dataset ?? 'the input example'}; {exactness}.
    </p>
  )
}
