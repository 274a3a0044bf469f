export { address, basePath } from './address'
export { api, authorized, data, done, fetchRaw, type Schema } from './client'
export { onRecovery, useServerAway } from './connection'
export { download } from './download'
export { ApiError, explain, ServerAway } from './errors'
export { relogin, settleLapse, useLapsed } from './lapse'
export { follow, type LiveMessage } from './live'
export { pageOf, type Page } from './paging'
export {
  accessToken,
  ensureSession,
  logIn,
  logInAgain,
  logOut,
  refusal,
  switchTenant,
  whenLoggedOut,
  type Login,
} from './session'
export { upload, type UploadProgress } from './upload'
