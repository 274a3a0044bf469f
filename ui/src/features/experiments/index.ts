export { experimentQuery, experimentsQuery, type Experiment } from './api'
