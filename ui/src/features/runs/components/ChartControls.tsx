import type { ChartSearch, XAxis } from '@/charts'
import { BareInput, BareSelect } from '@/components'

import styles from './charts.module.css'

const AXES: [XAxis, string][] = [['step', 'Over steps'], ['relative', 'Over time since start'], ['time', 'Over the clock']]

export function ChartControls({ search, onSearch }: { search: ChartSearch; onSearch: (part: ChartSearch) => void }) {
  const { x = 'step', smooth = 0, log = false, find = '' } = search
  return (
    <div className={styles['controls']}>
      <BareInput
        label="Find a metric"
        className={styles['find']}
        type="search"
        placeholder="Find a metric"
        value={find}
        onChange={(event) => onSearch({ ...search, find: event.target.value })}
      />
      <div className={styles['axis']}>
        <BareSelect label="Horizontal axis" value={x} onChange={(event) => onSearch({ ...search, x: AXES.find(([axis]) => axis === event.target.value)?.[0] ?? 'step' })}>
          {AXES.map(([axis, name]) => (
            <option key={axis} value={axis}>
              {name}
            </option>
          ))}
        </BareSelect>
      </div>
      <label>
        Smoothing
        <input
          type="range"
          min={0}
          max={0.98}
          step={0.02}
          value={smooth}
          aria-valuetext={smooth === 0 ? 'none' : `weight ${smooth}`}
          onChange={(event) => onSearch({ ...search, smooth: event.target.valueAsNumber })}
        />
      </label>
      <label>
        <input type="checkbox" checked={log} onChange={(event) => onSearch({ ...search, log: event.target.checked })} />
        Logarithmic
      </label>
    </div>
  )
}
