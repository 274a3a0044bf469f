import type { Comparison } from '../api'
import { axesOf, type Axis } from '../parallel'
import styles from './parallel.module.css'

const STEP = 150
const TOP = 34
const HEIGHT = 240

/** Each run as one line through all that differs. */
export function ParallelCoordinates({ comparison }: { comparison: Comparison }) {
  const axes = axesOf(comparison)
  if (axes.length < 2) return <p>These runs differ in fewer than two params and metrics.</p>
  const width = STEP * axes.length
  const x = (index: number) => STEP * (index + 0.5)
  const y = (place: number) => TOP + (1 - place) * HEIGHT
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard
    <div className={styles['frame']} tabIndex={0} role="group" aria-label="Axes">
      <svg viewBox={`0 0 ${width} ${TOP + HEIGHT + 20}`} style={{ minWidth: Math.min(width, 900) }} role="img" aria-label={`${axes.length} axes, ${comparison.runs.length} runs; the table above has the numbers`}>
        {comparison.runs.map(({ id, name }, run) => (
          <path key={id} className={styles['line']} d={pathOf(axes, run, x, y)} style={{ stroke: `var(--chart-${(run % 8) + 1})` }}>
            <title>{name}</title>
          </path>
        ))}
        {axes.map(({ key, ticks }, index) => (
          <g key={key}>
            <line className={styles['axis']} x1={x(index)} x2={x(index)} y1={TOP} y2={TOP + HEIGHT} />
            <text className={styles['label']} x={x(index)} y={18}>
              {key.length > 20 ? `${key.slice(0, 19)}…` : key}
            </text>
            {ticks.map(({ place, text }) => (
              <text key={text} className={styles['tick']} x={x(index) + 6} y={y(place) + 3}>
                {text.slice(0, 16)}
              </text>
            ))}
          </g>
        ))}
      </svg>
    </div>
  )
}

/** A gap where the run has no value. */
function pathOf(axes: Axis[], run: number, x: (index: number) => number, y: (place: number) => number): string {
  let path = ''
  let broken = true
  axes.forEach(({ places }, index) => {
    const place = places[run]
    if (place !== null && place !== undefined) path += `${broken ? 'M' : 'L'}${x(index)} ${y(place)}`
    broken = place === null || place === undefined
  })
  return path
}
