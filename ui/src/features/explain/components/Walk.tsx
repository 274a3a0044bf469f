import { metric } from '@/format'

import type { ExplainedOutput } from '../api'
import { signed, walk } from '../steps'
import styles from './explain.module.css'

const UNITS: Record<string, string> = { value: 'prediction', probability: 'probability', log_odds: 'log-odds' }

export const unitOf = (space: string) => UNITS[space] ?? space

interface Props {
  output: ExplainedOutput
  space: string
  /** LIME's sum is what the local model says. */
  lime?: boolean
}

/** From the average to the prediction, a bar for each column, the greatest first. */
export function Waterfall({ output, space, lime = false }: Props) {
  const { base, contributions, prediction, local_prediction: local } = output
  const { steps } = walk(base, contributions)
  const end = lime ? (local ?? prediction) : prediction
  return (
    <ul className={styles['walk']} aria-label={`What speaks for ${output.output}`}>
      <li className={styles['end']}>
        <span>{lime ? 'Without any of these' : 'On average'}</span>
        <span>{metric(base)}</span>
      </li>
      {steps.map(({ label, effect, from, to }) => (
        <li key={label} className={styles['step']}>
          <span title={label}>{label}</span>
          <div>
            <div
              className={styles[effect < 0 ? 'down' : 'up']}
              style={{ '--from': `${Math.min(from, to) * 100}%`, '--width': `${Math.abs(to - from) * 100}%` }}
            />
          </div>
          <span>{signed(effect)}</span>
        </li>
      ))}
      <li className={styles['end']}>
        <span>{lime ? 'The local model says' : `${output.output}, ${unitOf(space)}`}</span>
        <span>{metric(end)}</span>
      </li>
    </ul>
  )
}

/** What pushes up against what pulls down, as two stretches of one line. */
export function Force({ output }: { output: ExplainedOutput }) {
  const shown = output.contributions.filter(({ effect }) => effect !== 0)
  const total = shown.reduce((sum, { effect }) => sum + Math.abs(effect), 0)
  if (total === 0) return null
  const [ups, downs] = [shown.filter(({ effect }) => effect > 0), shown.filter(({ effect }) => effect < 0)]
  const told = `${ups.map(({ column }) => column).join(', ') || 'nothing'} push up; ${downs.map(({ column }) => column).join(', ') || 'nothing'} pull down`
  return (
    <div className={styles['force']} role="img" aria-label={told} title={told}>
      {[...ups.toReversed(), ...downs].map(({ column, effect }) => (
        <div key={column} className={styles[effect < 0 ? 'down' : 'up']} style={{ '--share': Math.abs(effect) / total }}>
          <span>{column}</span>
        </div>
      ))}
    </div>
  )
}
