import { metric } from '@/format'

import styles from './plane.module.css'
import { useWidth } from './useWidth'

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
  /** Shaded between `low` and `high`. */
  band?: { x: number[]; low: number[]; high: number[] }
  /** The line on which x equals y. */
  diagonal?: boolean
}

/** Drawn as wide as it is shown, so that letters keep their size; always of the same shape. */
const WIDTH = { usual: 420, least: 260, most: 620 }
const SHAPE = 300 / 420
/** Beside the name of the axis, and for each letter of its numbers. */
const NAMED = 24
const LETTER = 6.4
const BOTTOM = 40
const TOP = 10
const RIGHT = 12
const COLOURS = 8

/** Few lines or points in a plane, small enough to be drawn as SVG: sharp, in the theme's colours, printable. */
export function Plane({ label, xLabel, yLabel, series, ends, band, diagonal }: Props) {
  const [frame, shown] = useWidth(WIDTH.usual)
  const width = Math.min(WIDTH.most, Math.max(WIDTH.least, shown))
  const height = width * SHAPE
  const across = ends?.x ?? endsOf(series.flatMap(({ x }) => x))
  const up = ends?.y ?? endsOf([...series.flatMap(({ y }) => y), ...(band?.low ?? []), ...(band?.high ?? [])])
  const left = NAMED + LETTER * Math.max(3, ...ticks(up).map((tick) => metric(tick).length))
  const px = (value: number) => left + ((value - across[0]) / (across[1] - across[0])) * (width - left - RIGHT)
  const py = (value: number) => height - BOTTOM - ((value - up[0]) / (up[1] - up[0])) * (height - BOTTOM - TOP)
  const [low, high] = [Math.max(across[0], up[0]), Math.min(across[1], up[1])]
  return (
    <figure className={styles['figure']} ref={frame}>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${label}: ${yLabel} over ${xLabel}`}>
        {ticks(across).map((tick) => (
          <g key={`x${tick}`}>
            <line className={styles['grid']} x1={px(tick)} x2={px(tick)} y1={TOP} y2={height - BOTTOM} />
            <text className={styles['tick']} x={px(tick)} y={height - BOTTOM + 14} textAnchor="middle">{metric(tick)}</text>
          </g>
        ))}
        {ticks(up).map((tick) => (
          <g key={`y${tick}`}>
            <line className={styles['grid']} x1={left} x2={width - RIGHT} y1={py(tick)} y2={py(tick)} />
            <text className={styles['tick']} x={left - 6} y={py(tick) + 4} textAnchor="end">{metric(tick)}</text>
          </g>
        ))}
        {diagonal && low < high && <line className={styles['diagonal']} x1={px(low)} y1={py(low)} x2={px(high)} y2={py(high)} />}
        {band && <polygon className={styles['band']} points={outline(band).map(([x, y]) => `${px(x).toFixed(1)},${py(y).toFixed(1)}`).join(' ')} />}
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
        <text className={styles['axis']} x={(left + width - RIGHT) / 2} y={height - 6} textAnchor="middle">{xLabel}</text>
        <text className={styles['axis']} transform={`translate(12 ${(height - BOTTOM + TOP) / 2}) rotate(-90)`} textAnchor="middle">{yLabel}</text>
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

/** Along the upper edge, and back along the lower one. */
function outline({ x, low, high }: NonNullable<Props['band']>): [number, number][] {
  const upper = x.map((each, index): [number, number] => [each, high[index] ?? 0])
  const lower = x.map((each, index): [number, number] => [each, low[index] ?? 0])
  return [...upper, ...lower.toReversed()]
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
