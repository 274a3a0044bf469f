/** The way from the average to a prediction, as bars. */
import { metric } from '@/format'

import type { Contribution } from './api'

export interface Step {
  label: string
  effect: number
  /** Where its bar starts and ends, from 0 to 1 across the chart. */
  from: number
  to: number
}

export interface Walk {
  steps: Step[]
  /** Where the average and the prediction lie, from 0 to 1. */
  base: number
  end: number
}

const SHOWN = 10

/** The greatest effects in their order, the rest as one; scaled so that the whole way fits. */
export function walk(base: number, contributions: Contribution[], shown = SHOWN): Walk {
  const rest = contributions.slice(shown)
  const parts = contributions.slice(0, shown).map((each) => ({ label: labelOf(each), effect: each.effect }))
  if (rest.length > 0) parts.push({ label: `${rest.length} others`, effect: rest.reduce((sum, { effect }) => sum + effect, 0) })
  const places = [base]
  for (const { effect } of parts) places.push((places.at(-1) ?? base) + effect)
  const [low, high] = [Math.min(...places), Math.max(...places)]
  const scaled = (value: number) => (high > low ? (value - low) / (high - low) : 0.5)
  return {
    steps: parts.map((part, index) => ({ ...part, from: scaled(places[index] ?? base), to: scaled(places[index + 1] ?? base) })),
    base: scaled(base),
    end: scaled(places.at(-1) ?? base),
  }
}

export function labelOf({ column, value, rule }: Contribution): string {
  if (rule) return rule
  if (value === null || value === undefined) return `${column} is missing`
  const shown = typeof value === 'number' && !Number.isInteger(value) ? value.toPrecision(5).replace(/\.?0+$/, '') : String(value)
  return `${column} = ${shown}`
}

/** An effect with its sign; a minus as long as a plus. */
export function signed(effect: number): string {
  const shown = metric(Number(Math.abs(effect).toPrecision(3)))
  return effect < 0 ? `−${shown}` : `+${shown}`
}

export interface Push {
  label: string
  effect: number
}

/** Less than this share of all effects is not seen in a line: it is told with the others. */
const LEAST_SHARE = 0.03

/** What pushes up, the greatest last, and what pulls down, the greatest first; what is small in one piece on each end. */
export function pushes(contributions: Contribution[]): Push[] {
  const total = contributions.reduce((sum, { effect }) => sum + Math.abs(effect), 0)
  const side = (sign: 1 | -1): Push[] => {
    const all = contributions.filter(({ effect }) => effect * sign > 0).toSorted((a, b) => Math.abs(b.effect) - Math.abs(a.effect))
    const great = all.filter(({ effect }) => Math.abs(effect) >= LEAST_SHARE * total)
    const small = all.slice(great.length)
    const rest = small.length > 0 ? [{ label: small.length === 1 ? (small[0]?.column ?? '') : `${small.length} others`, effect: small.reduce((sum, { effect }) => sum + effect, 0) }] : []
    return [...great.map(({ column, effect }) => ({ label: column, effect })), ...rest]
  }
  return [...side(1).toReversed(), ...side(-1)]
}
