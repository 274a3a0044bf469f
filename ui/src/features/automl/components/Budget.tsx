import { useState } from 'react'

import { TextField } from '@/components'
import { span } from '@/format'

import styles from './form.module.css'

const PRESETS: [number, string][] = [[20, 'First look'], [60, 'Usual'], [300, 'Careful'], [1800, 'Thorough'], [7200, 'Long']]

interface Props {
  seconds: number
  wrong: string | null
  onChange: (seconds: number) => void
}

/** How long a search may take: one of the usual lengths, or minutes of one's own. */
export function Budget({ seconds, wrong, onChange }: Props) {
  const [own, setOwn] = useState(!PRESETS.some(([value]) => value === seconds))
  return (
    <fieldset className={styles['budget']}>
      <legend>Time</legend>
      <div className={styles['presets']}>
        {PRESETS.map(([value, name]) => (
          <label key={value}>
            <input
              type="radio"
              name="preset"
              checked={!own && seconds === value}
              onChange={() => {
                setOwn(false)
                onChange(value)
              }}
            />
            <span>{short(value)}</span>
            <small>{name}</small>
          </label>
        ))}
        <label>
          <input type="radio" name="preset" checked={own} onChange={() => setOwn(true)} />
          <span>Other</span>
          <small>{own ? span(seconds) : 'in minutes'}</small>
        </label>
      </div>
      {own && <TextField label="Minutes" type="number" min={0.1} max={1440} step="any" required defaultValue={Number((seconds / 60).toPrecision(3))} onChange={({ target }) => target.validity.valid && onChange(Math.max(5, Math.round(Number(target.value) * 60)))} />}
      {wrong ? <p className={styles['wrong']} role="alert">{wrong}</p> : <p className={styles['hint']}>It never takes longer. You can stop it earlier and keep the best so far.</p>}
    </fieldset>
  )
}

/** "5 min" instead of "5 min 0 s". */
const short = (seconds: number) => span(seconds).replace(/ 0 (s|min)$/, '')
