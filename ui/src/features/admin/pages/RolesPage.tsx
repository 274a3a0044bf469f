import { useQuery } from '@tanstack/react-query'
import { Check } from 'lucide-react'
import { Fragment } from 'react'

import { roleName, rolesQuery, useMe, type Permission } from '@/access'
import type { Schema } from '@/api'
import { Card, Loaded, Page } from '@/components'
import { byResource, verb } from '@/features/settings'

import styles from '../components/roles.module.css'

/** What each role permits, as the server has it. */
export default function RolesPage() {
  const query = useQuery(rolesQuery)
  return (
    <Page title="Roles" subtitle="What each role permits. Every role may all that the one before it may.">
      <Card flush>
        <Loaded query={query}>{(roles) => <Matrix roles={roles} />}</Loaded>
      </Card>
    </Page>
  )
}

function Matrix({ roles }: { roles: Schema['RolePermissions'][] }) {
  const mine = useMe()?.user.role
  const all = roles.at(-1)?.permissions ?? []
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard
    <div className={styles['frame']} tabIndex={0} role="region" aria-label="Permissions of the roles">
      <table className={styles['matrix']}>
        <thead>
          <tr>
            <th scope="col">Permission</th>
            {roles.map(({ role, permissions }) => (
              <th key={role} scope="col" className={role === mine ? styles['mine'] : undefined}>
                {roleName(role)}
                <small>
                  {permissions.length} of {all.length}
                  {role === mine && ', yours'}
                </small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {byResource(all).map(([resource, permissions]) => (
            <Fragment key={resource}>
              <tr className={styles['resource']}>
                <th scope="rowgroup" colSpan={roles.length + 1}>
                  {resource}
                </th>
              </tr>
              {permissions.map((permission) => (
                <Row key={permission} permission={permission} roles={roles} mine={mine} />
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ permission, roles, mine }: { permission: Permission; roles: Schema['RolePermissions'][]; mine: string | undefined }) {
  return (
    <tr>
      <th scope="row">
        <span className="visually-hidden">{permission.split(':')[0]} </span>
        {verb(permission)}
      </th>
      {roles.map(({ role, permissions }) => (
        <td key={role} className={role === mine ? styles['mine'] : undefined}>
          {permissions.includes(permission) ? <Check role="img" aria-label="may" /> : <span className="visually-hidden">may not</span>}
        </td>
      ))}
    </tr>
  )
}
