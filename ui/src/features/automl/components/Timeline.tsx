import { useState, type PointerEvent } from 'react'

import { ticks, useWidth } from '@/charts'
import { Card } from '@/components'
import { metric, plural, span } from '@/format'

import { familyName } from '../families'
import { scoreOf } from '../metrics'
import { scoreRange, type Point } from '../trials'
import { Dot, shadeOf } from './Family'
import styles from './timeline.module.css'

const PLOT = 170
const LANE = 18
const TOP = 8
const AXIS = 22
const RIGHT = 12
const NARROW = 520
const MINUTE = 60
const HOUR = 3600
/** While trials come, room is kept for as many families, so that nothing below moves. */
const LANES_KEPT = 8

interface Props {
  points: Point[]
  metric: string
  /** How long the axis is, in seconds. */
  end: number
  live: boolean
}

/** Above, each trial's score and the best until then; below, when each family was tried and how long that took. */
export function Timeline({ points, metric: name, end, live }: Props) {
  const [frame, width] = useWidth<HTMLDivElement>(760)
  const [pointed, setPointed] = useState<string | null>(null)
  const families = [...new Set(points.map(({ family = '' }) => family))]
  const left = width < NARROW ? 76 : 118
  const lanesTop = TOP + PLOT + 14
  const lanes = live ? Math.max(LANES_KEPT, families.length) : families.length
  const height = lanesTop + lanes * LANE + AXIS
  const last = points.at(-1)
  const until = Math.max(end, last?.at ?? 0, 0.001)
  const [low, high] = scoreRange(points)
  const px = (seconds: number) => left + (seconds / until) * (width - left - RIGHT)
  const py = (score: number) => TOP + PLOT - (Math.min(1, Math.max(0, (score - low) / (high - low)))) * PLOT
  const place = { px, py, left, low, high, lanesTop, families, width, height }

  const point = ({ clientX, clientY, currentTarget }: PointerEvent<SVGSVGElement>) => {
    const box = currentTarget.getBoundingClientRect()
    setPointed(nearest(points, place, clientX - box.left, clientY - box.top))
  }
  const shown = points.find((each) => each.name === pointed)
  return (
    <Card title="Trials over time">
      <div ref={frame} className={styles['frame']}>
        <svg width={width} height={height} role="img" aria-label={described(points, name)} onPointerMove={point} onPointerLeave={() => setPointed(null)}>
          <Axes place={place} until={until} name={name} />
          <path className={styles['best']} d={bestLine(points, place, live ? (last?.at ?? 0) : until)} />
          {points.map((each) => (
            <Mark key={each.name} point={each} place={place} strong={each.name === pointed} />
          ))}
        </svg>
        <p className={styles['told']}>
          {shown ? (
            <>
              <Dot family={shown.family ?? ''} /> <strong>{shown.name}</strong> {metric(scoreOf(name, shown.score))}
              {typeof shown.fit_seconds === 'number' && `, fitted in ${span(shown.fit_seconds)}`}, done after {span(shown.at)}
            </>
          ) : points.length === 0 ? (
            'Each trial will be a point here.'
          ) : (
            `The line is the best score so far; up is better${points.some(({ score }) => score !== null && score < low) ? '; what lies far below is at the edge' : ''}. Point at a trial to read it.`
          )}
        </p>
      </div>
    </Card>
  )
}

interface Place {
  px: (seconds: number) => number
  py: (score: number) => number
  left: number
  low: number
  high: number
  lanesTop: number
  families: string[]
  width: number
  height: number
}

const middleOf = (lane: number, { lanesTop }: Place) => lanesTop + lane * LANE + LANE / 2

function Axes({ place, until, name }: { place: Place; until: number; name: string }) {
  const { px, py, left, low, high, families, width, height } = place
  const narrow = width < NARROW
  const unit = until > 2 * HOUR ? HOUR : until > 2 * MINUTE ? MINUTE : 1
  const seconds = ticks([0, until / unit]).filter((_, index) => !narrow || index % 2 === 0).map((tick) => tick * unit)
  return (
    <>
      {ticks([low, high]).map((tick) => (
        <g key={tick}>
          <line className={styles['grid']} x1={left} x2={width - RIGHT} y1={py(tick)} y2={py(tick)} />
          <text className={styles['tick']} x={left - 6} y={py(tick) + 4} textAnchor="end">{metric(scoreOf(name, tick))}</text>
        </g>
      ))}
      {families.map((family, lane) => (
        <g key={family}>
          <line className={styles['grid']} x1={left} x2={width - RIGHT} y1={middleOf(lane, place)} y2={middleOf(lane, place)} />
          <text className={styles['tick']} x={left - 6} y={middleOf(lane, place) + 4} textAnchor="end">{shortened(familyName(family), narrow)}</text>
        </g>
      ))}
      {seconds.map((tick) => (
        <text key={tick} className={styles['tick']} x={px(tick)} y={height - 6} textAnchor={px(tick) > width - 40 ? 'end' : 'middle'}>{tick === 0 ? '0' : span(tick).replace(/ 0 (s|min)$|\.0(?= s$)/, '')}</text>
      ))}
    </>
  )
}

function Mark({ point: { family = '', score, at, fit_seconds: fit }, place, strong }: { point: Point; place: Place; strong: boolean }) {
  const { px, py, low, families } = place
  const start = px(Math.max(0, at - (fit ?? 0)))
  return (
    <g className={`${shadeOf(family)} ${styles['trial']} ${strong ? styles['strong'] : ''}`}>
      <rect x={start} y={middleOf(families.indexOf(family), place) - 5} width={Math.max(2, px(at) - start - 0.5)} height={10} rx={2} />
      {score !== null && <circle className={score < low ? styles['below'] : undefined} cx={px(at)} cy={py(score)} r={strong ? 5 : 3.2} />}
    </g>
  )
}

/** Steps at each trial that was better than all before. */
function bestLine(points: Point[], { px, py }: Place, end: number): string {
  const known = points.flatMap(({ at, best }) => (best === null ? [] : [[at, best] as const]))
  const steps = known.map(([at, best], index) => (index === 0 ? `M${px(at)},${py(best)}` : `H${px(at)}V${py(best)}`))
  return steps.length === 0 ? '' : `${steps.join('')}H${px(end)}`
}

const REACH = 24

/** The trial whose point or bar is nearest to the pointer. */
function nearest(points: Point[], place: Place, x: number, y: number): string | null {
  const { px, py, families } = place
  let [found, least]: [string | null, number] = [null, REACH]
  for (const { name, family = '', at, score, fit_seconds: fit } of points) {
    const bar = Math.hypot(Math.max(px(Math.max(0, at - (fit ?? 0))) - x, x - px(at), 0), middleOf(families.indexOf(family), place) - y)
    const dot = score === null ? Infinity : Math.hypot(px(at) - x, py(score) - y)
    const distance = Math.min(bar, dot)
    if (distance < least) [found, least] = [name, distance]
  }
  return found
}

const shortened = (name: string, narrow: boolean) => (narrow && name.length > 9 ? `${name.slice(0, 8)}…` : name)

function described(points: Point[], name: string): string {
  const best = points.findLast(({ score, best: top }) => score !== null && score === top)
  return best ? `${plural(points.length, 'trial')} over ${span(points.at(-1)?.at ?? 0)}; the best, ${best.name}, with ${metric(scoreOf(name, best.score))} after ${span(best.at)}` : 'No trial has finished yet'
}
