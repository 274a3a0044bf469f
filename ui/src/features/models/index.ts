export { modelsQuery, versionQuery, type Model, type ModelVersion } from './api'
