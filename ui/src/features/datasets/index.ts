export { datasetsQuery, profileQuery, useUploadDataset, versionQuery, type Dataset } from './api'
export { ProfileTable } from './components/ProfileTable'
export { UploadDialog } from './components/UploadDialog'
