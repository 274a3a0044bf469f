import { lazy, Suspense } from 'react'

import { Skeleton } from '@/components'

import type { ChartOption } from './echarts'

export interface EChartProps {
  /** What it shows, for who cannot see it. */
  label: string
  /** Made anew when the theme changes. */
  option: (colours: ChartColours) => ChartOption
  height?: number
  /** The places of the items that a brush on parallel axes leaves. */
  onBrush?: (active: number[]) => void
}

export interface ChartColours {
  series: string[]
  text: string
  secondary: string
  divider: string
  paper: string
}

const Canvas = lazy(() => import('./echarts'))

/** A chart that is not of lines; its library comes when the first one is shown. */
export function EChart(props: EChartProps) {
  return (
    <Suspense fallback={<Skeleton block lines={0} />}>
      <Canvas key={props.height} {...props} />
    </Suspense>
  )
}
