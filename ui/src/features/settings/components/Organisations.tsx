import { useMutation, useQuery } from '@tanstack/react-query'

import { roleName, useMe } from '@/access'
import { switchTenant } from '@/api'
import { Button, Card, Chip, tellProblem } from '@/components'

import { membershipsQuery } from '../api'
import styles from './settings.module.css'

/** Where else the caller belongs; not there for who belongs to one organisation alone. */
export function Organisations() {
  const me = useMe()
  const memberships = useQuery(membershipsQuery).data ?? []
  const go = useMutation({ mutationFn: switchTenant, onError: tellProblem })
  if (memberships.length < 2) return null
  return (
    <Card title="Organisations">
      {memberships.map(({ tenant, role }) => (
        <div key={tenant.id} className={styles['row']}>
          <div>
            <strong>{tenant.name}</strong> {roleName(role)}
          </div>
          {tenant.id === me?.tenant.id ? (
            <Chip strong>here</Chip>
          ) : (
            <Button small disabled={go.isPending} onClick={() => go.mutate(tenant.id)}>
              Go there
            </Button>
          )}
        </div>
      ))}
    </Card>
  )
}
