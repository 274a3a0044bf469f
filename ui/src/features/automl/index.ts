export { searchesQuery, type Progress } from './api'
