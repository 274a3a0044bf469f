import { useState } from 'react'

import { address } from '@/api'
import { Button, Code, Dialog, Notice, ProblemPanel, SelectField, TextField } from '@/components'

import { useCreateKey } from '../api'

export function NewKey({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('')
  const [days, setDays] = useState('365')
  const create = useCreateKey()
  if (create.data) {
    const code = `export MAESTRO_URL=${address('')}\nexport MAESTRO_API_KEY=${create.data.secret}\n# for MLflow's client:\nexport MLFLOW_TRACKING_URI=${address('')}\nexport MLFLOW_TRACKING_TOKEN=${create.data.secret}`
    return (
      <Dialog open onClose={onClose} title={`The key ${create.data.name}`}>
        <Notice kind="warning">Copy it now: it is never shown again.</Notice>
        <Code text={code} />
      </Dialog>
    )
  }
  const save = () => create.mutate({ name, scopes: null, expires_in_days: days ? Number(days) : null })
  const footer = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button look="primary" disabled={!name.trim() || create.isPending} onClick={save}>
        Create
      </Button>
    </>
  )
  return (
    <Dialog open onClose={onClose} title="New API key" told="For programs: it may do what you may." footer={footer}>
      <TextField label="Name" value={name} maxLength={120} placeholder="training on my laptop" onChange={(event) => setName(event.target.value)} />
      <SelectField label="Ends" value={days} onChange={(event) => setDays(event.target.value)}>
        <option value="30">after 30 days</option>
        <option value="365">after a year</option>
        <option value="">never</option>
      </SelectField>
      {create.error && <ProblemPanel error={create.error} />}
    </Dialog>
  )
}
