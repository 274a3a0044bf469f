export { ActionButton } from './ActionButton'
export { meQuery, useMe, useRefusal, type Permission } from './me'
