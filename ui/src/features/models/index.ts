export { modelsQuery, versionQuery, versionsQuery, type Model, type ModelVersion } from './api'
