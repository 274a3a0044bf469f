import { useState } from 'react'

import type { Role } from '@/access'
import { Button, Dialog, ProblemPanel, SelectField, tell, TextField } from '@/components'

import { ROLES, useAddUser } from '../api'

type Way = 'new' | 'known' | 'service'

const WAYS: [Way, string][] = [
  ['new', 'A person, with a first password'],
  ['known', 'A person who has an account on this server'],
  ['service', 'A service account, which has API keys alone'],
]

export function AddUser({ onClose }: { onClose: () => void }) {
  const [way, setWay] = useState<Way>('new')
  const [email, setEmail] = useState('')
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('data_scientist')
  const [password, setPassword] = useState('')
  const add = useAddUser()
  const save = () =>
    add.mutate(
      { email, name, role, kind: way === 'service' ? 'service' : 'person', password: way === 'new' ? password : null },
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
      <Button look="primary" disabled={!email || (way === 'new' && password.length < 8) || add.isPending} onClick={save}>
        Add
      </Button>
    </>
  )
  return (
    <Dialog open onClose={onClose} title="Add a member" footer={footer}>
      <SelectField label="Who" value={way} onChange={(event) => setWay(WAYS.find(([each]) => each === event.target.value)?.[0] ?? way)}>
        {WAYS.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </SelectField>
      <TextField label="E-mail address" type="email" value={email} onChange={(event) => setEmail(event.target.value)} />
      {way !== 'known' && <TextField label="Name" value={name} maxLength={120} onChange={(event) => setName(event.target.value)} />}
      <SelectField label="Role" value={role} onChange={(event) => setRole(ROLES.find(([each]) => each === event.target.value)?.[0] ?? role)}>
        {ROLES.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </SelectField>
      {way === 'new' && (
        <TextField
          label="Password"
          type="password"
          autoComplete="new-password"
          value={password}
          hint="At least 8 characters; they can change it under Settings."
          onChange={(event) => setPassword(event.target.value)}
        />
      )}
      {add.error && <ProblemPanel error={add.error} />}
    </Dialog>
  )
}
