import { metric } from '@/format'

import styles from './plane.module.css'

export interface PlaneSeries {
  name: string
  x: number[]
  y: number[]
  /** Its place among the chart's colours. */
  colour: number
  points?: boolean
}

interface Props {
  label: string
  xLabel: string
  yLabel: string
  series: PlaneSeries[]
  /** The ends of both axes; by default those of the points. */
  ends?: { x: [number, number]; y: [number, number] }
  /** The line on which x equals y. */
  diagonal?: boolean
}

const WIDTH = 420
const HEIGHT = 300
const LEFT = 52
const BOTTOM = 40
const TOP = 10
const RIGHT = 12
const COLOURS = 8

/** Few lines or points in a plane, small enough to be drawn as SVG: sharp, in the theme's colours, printable. */
export function Plane({ label, xLabel, yLabel, series, ends, diagonal }: Props) {
  const across = ends?.x ?? endsOf(series.flatMap(({ x }) => x))
  const up = ends?.y ?? endsOf(series.flatMap(({ y }) => y))
  const px = (value: number) => LEFT + ((value - across[0]) / (across[1] - across[0])) * (WIDTH - LEFT - RIGHT)
  const py = (value: number) => HEIGHT - BOTTOM - ((value - up[0]) / (up[1] - up[0])) * (HEIGHT - BOTTOM - TOP)
  const [low, high] = [Math.max(across[0], up[0]), Math.min(across[1], up[1])]
  return (
    <figure className={styles['figure']}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${label}: ${yLabel} over ${xLabel}`}>
        {ticks(across).map((tick) => (
          <g key={`x${tick}`}>
            <line className={styles['grid']} x1={px(tick)} x2={px(tick)} y1={TOP} y2={HEIGHT - BOTTOM} />
            <text className={styles['tick']} x={px(tick)} y={HEIGHT - BOTTOM + 14} textAnchor="middle">{metric(tick)}</text>
          </g>
        ))}
        {ticks(up).map((tick) => (
          <g key={`y${tick}`}>
            <line className={styles['grid']} x1={LEFT} x2={WIDTH - RIGHT} y1={py(tick)} y2={py(tick)} />
            <text className={styles['tick']} x={LEFT - 6} y={py(tick) + 4} textAnchor="end">{metric(tick)}</text>
          </g>
        ))}
        {diagonal && low < high && <line className={styles['diagonal']} x1={px(low)} y1={py(low)} x2={px(high)} y2={py(high)} />}
        {series.map(({ name, x, y, colour, points }) => {
          const shade = styles[`colour${(colour % COLOURS) + 1}`]
          return points ? (
            <g key={name} className={`${shade} ${styles['points']}`}>
              {x.map((value, index) => (
                <circle key={index} cx={px(value)} cy={py(y[index] ?? 0)} r={2.4} />
              ))}
            </g>
          ) : (
            <g key={name} className={shade}>
              <polyline points={x.map((value, index) => `${px(value).toFixed(1)},${py(y[index] ?? 0).toFixed(1)}`).join(' ')} />
              {x.length <= 12 && x.map((value, index) => <circle key={index} cx={px(value)} cy={py(y[index] ?? 0)} r={3} />)}
            </g>
          )
        })}
        <text className={styles['axis']} x={(LEFT + WIDTH - RIGHT) / 2} y={HEIGHT - 6} textAnchor="middle">{xLabel}</text>
        <text className={styles['axis']} transform={`translate(12 ${(HEIGHT - BOTTOM + TOP) / 2}) rotate(-90)`} textAnchor="middle">{yLabel}</text>
      </svg>
      {series.length > 1 && (
        <figcaption>
          {series.map(({ name, colour }) => (
            <span key={name} className={styles[`colour${(colour % COLOURS) + 1}`]}>
              <i />
              {name}
            </span>
          ))}
        </figcaption>
      )}
    </figure>
  )
}

function endsOf(values: number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity]
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  if (!Number.isFinite(low)) return [0, 1]
  const space = (high - low) * 0.04 || Math.abs(high) * 0.1 || 1
  return [low - space, high + space]
}

const STEPS = [1, 2, 2.5, 5, 10]

/** Four to eight round numbers between the ends. */
export function ticks([low, high]: [number, number]): number[] {
  const rough = (high - low) / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * (STEPS.find((each) => each * power >= rough * (1 - 1e-9)) ?? 10)
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)))
}
