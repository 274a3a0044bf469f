import { useCallback, useMemo } from 'react'

import { EChart, type ChartColours } from '@/charts'
import { Card } from '@/components'
import { metric } from '@/format'

import type { SummaryColumn } from '../api'
import { unitOf } from './Walk'

const SHOWN = 12
const ROW_HEIGHT = 30

interface Props {
  columns: SummaryColumn[]
  place: number
  /** What the output is called. */
  told: string
  space: string
}

/** A point for each row and column: across, the effect; its shade, how high the value is. */
export function SummaryCard({ columns, place, told, space }: Props) {
  const shown = useMemo(() => columns.slice(0, SHOWN).toReversed(), [columns])
  const option = useCallback((colours: ChartColours) => optionOf(shown, place, space, colours), [shown, place, space])
  return (
    <Card title={`How values move ${told}`}>
      <EChart kind="cartesian" label={`Effects of each column on ${told} for single rows`} option={option} height={shown.length * ROW_HEIGHT + 80} />
    </Card>
  )
}

type Point = [effect: number, place: number, level: number, told: string]

function optionOf(shown: SummaryColumn[], place: number, space: string, colours: ChartColours) {
  const points = shown.flatMap((column, row) => pointsOf(column, place, row))
  const known = points.filter(([, , level]) => level >= 0)
  const scatter = (data: Point[], color?: string) => ({ type: 'scatter', symbolSize: 4, data, encode: { x: 0, y: 1 }, ...(color && { itemStyle: { color } }) })
  const text = { color: colours.secondary, fontSize: 11 }
  return {
    grid: { left: 8, right: 12, top: 8, bottom: 56, containLabel: true },
    tooltip: { renderMode: 'richText', formatter: ({ data }: { data: Point }) => `${data[3]}\n${metric(data[0])}`, backgroundColor: colours.paper, borderColor: colours.divider, textStyle: { color: colours.text, fontSize: 12 } },
    xAxis: { type: 'value', name: `effect (${unitOf(space)})`, nameLocation: 'middle', nameGap: 24, nameTextStyle: text, axisLabel: { ...text, hideOverlap: true }, splitLine: { lineStyle: { color: colours.divider } } },
    yAxis: {
      type: 'value',
      min: -0.6,
      max: shown.length - 0.4,
      interval: 1,
      axisLabel: { ...text, customValues: shown.map((_, index) => index), formatter: (index: number) => shortened(shown[index]?.column ?? '') },
      axisTick: { show: false },
      splitLine: { show: false },
    },
    visualMap: { type: 'continuous', seriesIndex: 0, dimension: 2, min: 0, max: 1, calculable: false, orient: 'horizontal', left: 'center', bottom: 0, itemWidth: 8, itemHeight: 100, text: ['high value', 'low value'], textStyle: text, inRange: { color: [colours.series[0], colours.series[1]] } },
    series: [scatter(known), scatter(points.filter(([, , level]) => level < 0), colours.secondary)],
  }
}

/** Points that would lie on each other are set apart, always in the same way. */
function pointsOf(column: SummaryColumn, place: number, row: number): Point[] {
  const effects = column.effects[place] ?? []
  return effects.map((effect, index) => {
    const aside = (((index * 0.618) % 1) - 0.5) * 0.5
    return [effect, row + aside, column.levels[index] ?? -1, `${column.column} = ${String(column.values[index] ?? 'missing')}`]
  })
}

const shortened = (name: string) => (name.length > 18 ? `${name.slice(0, 17)}…` : name)
