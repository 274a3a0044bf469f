import { useState, type FormEvent } from 'react'

import { roleName, useMe } from '@/access'
import { Button, Card, Chip, Chips, Facts, ProblemPanel, Skeleton, tell, TextField } from '@/components'

import { useRename } from '../api'
import { byResource, verb } from '../permissions'
import styles from './settings.module.css'

export function Profile() {
  const me = useMe()
  const rename = useRename()
  const [typed, setName] = useState<string | null>(null)
  if (!me) return <Skeleton />
  const name = typed ?? me.user.name
  const save = (event: FormEvent) => {
    event.preventDefault()
    rename.mutate(name.trim(), { onSuccess: () => tell('Others see your new name now.') })
  }
  return (
    <Card title="You">
      <div className={styles['form']}>
      <Facts
        items={[
          ['E-mail address', me.user.email],
          ['Organisation', me.tenant.name],
          ['Role', roleName(me.user.role)],
        ]}
      />
      <form className={styles['form']} onSubmit={save}>
        <TextField label="Name" value={name} maxLength={120} autoComplete="name" onChange={(event) => setName(event.target.value)} />
        {rename.error && <ProblemPanel error={rename.error} />}
        <Button type="submit" disabled={name.trim() === me.user.name || rename.isPending}>
          Save
        </Button>
      </form>
      <details>
        <summary>What you may do</summary>
        {byResource(me.permissions).map(([resource, permissions]) => (
          <div key={resource} className={styles['resource']}>
            <span>{resource}</span>
            <Chips>
              {permissions.map((permission) => (
                <Chip key={permission}>{verb(permission)}</Chip>
              ))}
            </Chips>
          </div>
        ))}
      </details>
      </div>
    </Card>
  )
}
