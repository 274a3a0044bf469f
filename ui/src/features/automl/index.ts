export { reportQuery, searchesQuery, type Progress, type Report } from './api'
export { Evaluation } from './components/Evaluation'
