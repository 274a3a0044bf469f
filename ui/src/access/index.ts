export { ActionButton } from './ActionButton'
export { meQuery, roleName, rolesQuery, useMe, useRefusal, type Permission, type Role } from './me'
