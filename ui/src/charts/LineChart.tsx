import { later } from './later'

export interface Series {
  name: string
  xs: number[]
  ys: (number | null)[]
  /** Its place among the chart's colours; from the ninth on it is dashed. */
  colour: number
}

export interface LineChartProps {
  label: string
  series: Series[]
  xLabel: string
  logarithmic: boolean
  /** The horizontal axis shows moments: seconds since 1970. */
  clock?: boolean
  height?: number
  /** Told when another part of the horizontal axis is seen; null for all of it. */
  onZoom?: (part: [number, number] | null) => void
}

const Uplot = later<LineChartProps>(() => import('./Uplot'))

/** Brings what draws lines while their points are on the way. */
export function preloadLines(): void {
  void Uplot.preload()
}

/** Lines over steps or time; drag to zoom, double-click to see all again. */
export function LineChart(props: LineChartProps) {
  return <Uplot {...props} />
}
