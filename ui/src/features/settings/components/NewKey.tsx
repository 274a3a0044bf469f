import { useState } from 'react'

import { useMe, type Permission } from '@/access'
import { address } from '@/api'
import { Button, Code, Dialog, Notice, ProblemPanel, SelectField, TextField } from '@/components'

import { useCreateKey } from '../api'
import { Scopes } from './Scopes'

/** Makes a key and shows it, once. */
export function NewKey({ onClose, suggested = '' }: { onClose: () => void; suggested?: string }) {
  const me = useMe()
  const [name, setName] = useState(suggested)
  const [days, setDays] = useState('365')
  const [scopes, setScopes] = useState<Permission[] | null>(null)
  const create = useCreateKey()
  if (create.data) {
    const { name: named, secret } = create.data
    const code = `export MAESTRO_URL=${address('')}\nexport MAESTRO_API_KEY=${secret}\n# for MLflow's client:\nexport MLFLOW_TRACKING_URI=${address('')}\nexport MLFLOW_TRACKING_TOKEN=${secret}`
    return (
      <Dialog open onClose={onClose} title={`The key ${named}`}>
        <Notice kind="warning">Copy it now: it is never shown again.</Notice>
        <Code text={secret} />
        <p>For a terminal:</p>
        <Code text={code} />
      </Dialog>
    )
  }
  const save = () => create.mutate({ name, scopes, expires_in_days: days ? Number(days) : null })
  const footer = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button look="primary" disabled={!name.trim() || scopes?.length === 0 || create.isPending} onClick={save}>
        Create
      </Button>
    </>
  )
  return (
    <Dialog open onClose={onClose} title="New API key" told="Programs log in with it." footer={footer}>
      <TextField label="Name" value={name} maxLength={120} placeholder="training on my laptop" onChange={(event) => setName(event.target.value)} />
      <SelectField label="Ends" value={days} onChange={(event) => setDays(event.target.value)}>
        <option value="30">after 30 days</option>
        <option value="90">after 90 days</option>
        <option value="365">after a year</option>
        <option value="">never</option>
      </SelectField>
      {me && <Scopes held={me.permissions} scopes={scopes} onChange={setScopes} />}
      {create.error && <ProblemPanel error={create.error} />}
    </Dialog>
  )
}
