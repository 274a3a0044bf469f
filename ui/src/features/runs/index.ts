export { OverlaidCharts } from './components/OverlaidCharts'
export { runQuery } from './api'
