/** The charts of compared runs, as ECharts draws them. Tooltips are canvas: HTML ones would break the policy. */
import type { ChartColours } from '@/charts'
import { metric } from '@/format'

import type { Comparison } from './api'
import type { Axis } from './parallel'
import type { Box, FieldValues, Surface } from './points'

const GRID = { left: 64, right: 24, top: 24, bottom: 48 }

function tooltip({ text, paper, divider }: ChartColours) {
  return { renderMode: 'richText', backgroundColor: paper, borderColor: divider, textStyle: { color: text, fontSize: 12 } }
}

function axis({ secondary, divider }: ChartColours, field: { label: string; numeric: boolean } | string) {
  const name = typeof field === 'string' ? field : field.label
  return {
    type: typeof field === 'string' || field.numeric ? 'value' : 'category',
    name,
    nameLocation: 'middle',
    nameGap: 32,
    scale: true,
    nameTextStyle: { color: secondary },
    axisLabel: { color: secondary },
    axisLine: { lineStyle: { color: secondary } },
    splitLine: { lineStyle: { color: divider } },
  }
}

export const scatterOption =
  (comparison: Comparison, x: FieldValues, y: FieldValues, by: FieldValues | undefined) => (colours: ChartColours) => {
    const data = comparison.runs.map(({ name }, index) => ({ name, value: [x.values[index] ?? '-', y.values[index] ?? '-', by?.values[index] ?? 0] }))
    const words = by && !by.numeric ? [...new Set(by.values.map(String))] : []
    return {
      grid: { ...GRID, right: by?.numeric ? 92 : 24 },
      tooltip: { ...tooltip(colours), formatter: ({ name, value }: { name: string; value: (number | string)[] }) => [name, `${x.label}: ${told(value[0])}`, `${y.label}: ${told(value[1])}`, ...(by ? [`${by.label}: ${told(value[2])}`] : [])].join('\n') },
      xAxis: axis(colours, x),
      yAxis: { ...axis(colours, y), nameGap: 46 },
      ...(by?.numeric && { visualMap: visualMap(colours, by.values) }),
      series: [
        {
          type: 'scatter',
          symbolSize: 11,
          data,
          ...(!by?.numeric && { itemStyle: { color: ({ dataIndex }: { dataIndex: number }) => colours.series[(by ? words.indexOf(String(by.values[dataIndex])) : dataIndex) % 8] } }),
        },
      ],
    }
  }

function told(value: number | string | undefined): string {
  return typeof value === 'number' ? metric(value) : String(value ?? '–')
}

function visualMap({ secondary, series }: ChartColours, values: (number | string | null)[]) {
  const numbers = values.filter((value) => typeof value === 'number')
  return {
    min: Math.min(...numbers),
    max: Math.max(...numbers),
    dimension: 2,
    right: 0,
    top: 'middle',
    precision: 3,
    text: [metric(Math.max(...numbers)), metric(Math.min(...numbers))],
    textStyle: { color: secondary },
    inRange: { color: [series[0], series[2], series[1]] },
  }
}

export const contourOption = (comparison: Comparison, surface: Surface, x: FieldValues, y: FieldValues, z: FieldValues) => (colours: ChartColours) => ({
  grid: { ...GRID, right: 92 },
  tooltip: { ...tooltip(colours), formatter: ({ value }: { value: number[] }) => `${z.label}: ${metric(value[2])}` },
  xAxis: { ...axis(colours, x.label), type: 'category', data: surface.xs },
  yAxis: { ...axis(colours, y.label), type: 'category', data: surface.ys, nameGap: 46 },
  visualMap: visualMap(colours, surface.cells.map(([, , value]) => value)),
  series: [
    { type: 'heatmap', data: surface.cells, emphasis: { disabled: true } },
    {
      type: 'scatter',
      symbolSize: 8,
      itemStyle: { color: colours.paper, borderColor: colours.text, borderWidth: 1.5 },
      tooltip: { formatter: ({ dataIndex }: { dataIndex: number }) => comparison.runs[dataIndex]?.name ?? '' },
      data: comparison.runs.map((_, index) => [nearest(surface.xs, x.values[index]), nearest(surface.ys, y.values[index]), z.values[index] ?? '-']),
    },
  ],
})

function nearest(ticks: number[], value: number | string | null | undefined): number | string {
  if (typeof value !== 'number') return '-'
  return ticks.reduce((best, tick, index) => (Math.abs(tick - value) < Math.abs((ticks[best] ?? 0) - value) ? index : best), 0)
}

export const boxOption = (boxes: Box[], y: FieldValues, by: string) => (colours: ChartColours) => ({
  grid: GRID,
  tooltip: {
    ...tooltip(colours),
    formatter: ({ dataIndex }: { dataIndex: number }) => {
      const box = boxes[dataIndex]
      if (!box) return ''
      const [low, first, middle, third, high] = box.five.map((value) => metric(value))
      return `${box.name}: ${box.count} runs\nmedian ${middle}\nquartiles ${first} to ${third}\nrange ${low} to ${high}`
    },
  },
  xAxis: { ...axis(colours, by), type: 'category', data: boxes.map(({ name }) => name) },
  yAxis: { ...axis(colours, y), nameGap: 46 },
  series: [{ type: 'boxplot', data: boxes.map(({ five }) => five), itemStyle: { color: colours.paper, borderColor: colours.series[0], borderWidth: 1.5 } }],
})

export const parallelOption = (comparison: Comparison, axes: Axis[]) => (colours: ChartColours) => ({
  tooltip: { ...tooltip(colours), formatter: ({ name }: { name: string }) => name },
  parallel: {
    left: 48,
    right: 72,
    top: 44,
    bottom: 24,
    parallelAxisDefault: {
      type: 'value',
      min: 0,
      max: 1,
      nameTextStyle: { color: colours.text, fontWeight: 600 },
      axisLine: { lineStyle: { color: colours.secondary } },
      areaSelectStyle: { color: colours.series[0], opacity: 0.2, borderColor: colours.series[0], width: 18 },
    },
  },
  parallelAxis: axes.map(({ key, ticks }, dim) => ({
    dim,
    name: key.length > 22 ? `${key.slice(0, 21)}…` : key,
    axisTick: { customValues: ticks.map(({ place }) => place) },
    axisLabel: { color: colours.secondary, customValues: ticks.map(({ place }) => place), formatter: (value: number) => ticks.find(({ place }) => Math.abs(place - value) < 1e-9)?.text.slice(0, 16) ?? '' },
  })),
  series: [
    {
      type: 'parallel',
      lineStyle: { width: 1.5, opacity: 0.8 },
      inactiveOpacity: 0.06,
      activeOpacity: 1,
      emphasis: { lineStyle: { width: 3, opacity: 1 } },
      data: comparison.runs.map(({ name }, run) => ({ name, value: axes.map(({ places }) => places[run] ?? '-'), lineStyle: { color: colours.series[run % 8] } })),
    },
  ],
})
