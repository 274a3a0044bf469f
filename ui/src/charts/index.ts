export { Bars, HistogramBars } from './Bars'
export { LineChart, type Series } from './LineChart'
export { smooth } from './smoothing'
export { Plane, type PlaneSeries } from './Plane'
