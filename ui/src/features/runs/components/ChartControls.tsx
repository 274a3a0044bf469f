import { BareInput } from '@/components'

import type { ChartSettings } from '../series'
import styles from './charts.module.css'

interface Props {
  settings: ChartSettings
  onSettings: (settings: ChartSettings) => void
  text: string
  onText: (text: string) => void
}

export function ChartControls({ settings, onSettings, text, onText }: Props) {
  return (
    <div className={styles['controls']}>
      <BareInput
        label="Find a metric"
        className={styles['find']}
        type="search"
        placeholder="Find a metric"
        value={text}
        onChange={(event) => onText(event.target.value)}
      />
      <label>
        Smoothing
        <input
          type="range"
          min={0}
          max={0.98}
          step={0.02}
          value={settings.smoothing}
          onChange={(event) => onSettings({ ...settings, smoothing: event.target.valueAsNumber })}
        />
      </label>
      <label>
        <input
          type="checkbox"
          checked={settings.logarithmic}
          onChange={(event) => onSettings({ ...settings, logarithmic: event.target.checked })}
        />
        Logarithmic
      </label>
      <label>
        <input
          type="checkbox"
          checked={settings.x === 'time'}
          onChange={(event) => onSettings({ ...settings, x: event.target.checked ? 'time' : 'step' })}
        />
        Over time
      </label>
    </div>
  )
}
