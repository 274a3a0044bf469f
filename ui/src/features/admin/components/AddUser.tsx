import { useState } from 'react'

import { Button, Dialog, ProblemPanel, SelectField, tell, TextField } from '@/components'

import { ROLES, useAddUser, type Role } from '../api'

export function AddUser({ onClose }: { onClose: () => void }) {
  const [email, setEmail] = useState('')
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('data_scientist')
  const [password, setPassword] = useState('')
  const add = useAddUser()
  const save = () =>
    add.mutate(
      { email, name, role, kind: password ? 'person' : 'service', password: password || null },
      {
        onSuccess: () => {
          tell(`${email} is a member now.`)
          onClose()
        },
      },
    )
  const footer = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button look="primary" disabled={!email || add.isPending} onClick={save}>
        Add
      </Button>
    </>
  )
  return (
    <Dialog open onClose={onClose} title="Add a member" footer={footer}>
      <TextField label="E-mail address" type="email" value={email} onChange={(event) => setEmail(event.target.value)} />
      <TextField label="Name" value={name} maxLength={120} onChange={(event) => setName(event.target.value)} />
      <SelectField label="Role" value={role} onChange={(event) => setRole(ROLES.find(([each]) => each === event.target.value)?.[0] ?? role)}>
        {ROLES.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </SelectField>
      <TextField
        label="Password"
        type="password"
        autoComplete="new-password"
        value={password}
        hint="At least 8 characters. Without one it is a service account, which has API keys alone."
        onChange={(event) => setPassword(event.target.value)}
      />
      {add.error && <ProblemPanel error={add.error} />}
    </Dialog>
  )
}
