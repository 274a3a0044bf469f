import { metric } from '@/format'

import type { ExplainedOutput } from '../api'
import { pushes, signed, walk } from '../steps'
import styles from './explain.module.css'

const UNITS: Record<string, string> = { value: 'prediction', probability: 'probability', log_odds: 'log-odds' }

export const unitOf = (space: string) => UNITS[space] ?? space

interface Props {
  output: ExplainedOutput
  /** What the output is called. */
  told: string
  space: string
  /** LIME's sum is what the local model says. */
  lime?: boolean
}

/** From the average to the prediction, a bar for each column, the greatest first. */
export function Waterfall({ output, told, space, lime = false }: Props) {
  const { base, contributions, prediction, local_prediction: local } = output
  const { steps } = walk(base, contributions)
  const end = lime ? (local ?? prediction) : prediction
  return (
    <ul className={styles['walk']} aria-label={`What speaks for ${told}`}>
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
        <span>{lime ? 'The local model says' : space === 'value' ? told : `${told}, ${unitOf(space)}`}</span>
        <span>{metric(end)}</span>
      </li>
    </ul>
  )
}

/** What pushes up against what pulls down, as two stretches of one line. */
export function Force({ output }: { output: ExplainedOutput }) {
  const shown = pushes(output.contributions)
  if (shown.length === 0) return null
  const total = shown.reduce((sum, { effect }) => sum + Math.abs(effect), 0)
  const named = (sign: 1 | -1) => shown.filter(({ effect }) => effect * sign > 0).map(({ label }) => label).join(', ') || 'nothing'
  const told = `${named(1)} push up; ${named(-1)} pull down`
  return (
    <div>
      <div className={styles['force']} role="img" aria-label={told}>
        {shown.map(({ label, effect }) => (
          <div key={`${label} ${effect}`} className={styles[effect < 0 ? 'down' : 'up']} title={`${label} ${signed(effect)}`} style={{ '--share': Math.abs(effect) / total }}>
            <span>{label}</span>
          </div>
        ))}
      </div>
      <div className={styles['sides']} aria-hidden>
        <span>pushes up</span>
        <span>pulls down</span>
      </div>
    </div>
  )
}
