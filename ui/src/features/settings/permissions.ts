import type { Permission } from '@/access'

/** `model:read`, `model:write` … by resource, as people read them. */
export function byResource(permissions: readonly Permission[]): [string, Permission[]][] {
  const found = new Map<string, Permission[]>()
  for (const permission of [...permissions].sort()) {
    const resource = permission.split(':')[0] ?? ''
    found.set(resource, [...(found.get(resource) ?? []), permission])
  }
  return [...found]
}

/** What a permission allows with its resource. */
export function verb(permission: Permission): string {
  return permission.split(':')[1] ?? ''
}
