import { useState } from 'react'

import { Button, ButtonLink, Dialog, ProblemPanel, tell, TextField } from '@/components'

import { useDeployWinner } from '../api'

/** Asks for the name that the winner answers under. */
export function DeployDialog({ jobId, model, onClose }: { jobId: string; model: string; onClose: () => void }) {
  const [name, setName] = useState(model.toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-').replaceAll(/^-+|-+$/g, ''))
  const deploy = useDeployWinner(jobId)
  if (deploy.data) {
    const done = deploy.data.name
    return (
      <Dialog
        open
        onClose={onClose}
        title={`${done} answers`}
        told="The model has been loaded once and is ready for predictions."
        footer={<ButtonLink look="primary" to="/deployments/$name" params={{ name: done }}>Try it</ButtonLink>}
      />
    )
  }
  const footer = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button look="primary" disabled={!name || deploy.isPending} onClick={() => deploy.mutate(name, { onSuccess: () => tell(`${name} is deployed.`) })}>
        {deploy.isPending ? 'Loading the model…' : 'Deploy'}
      </Button>
    </>
  )
  return (
    <Dialog open onClose={onClose} title="Deploy the winner" told="It answers under this name as soon as it has been loaded once." footer={footer}>
      <TextField label="Name" value={name} maxLength={63} onChange={(event) => setName(event.target.value)} hint="Lower-case letters, digits and dashes" />
      {deploy.error && <ProblemPanel error={deploy.error} />}
    </Dialog>
  )
}
