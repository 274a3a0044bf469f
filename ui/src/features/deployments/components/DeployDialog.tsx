import { useState } from 'react'

import { Button, ButtonLink, Dialog, ProblemPanel, TextField } from '@/components'

import { useDeploy } from '../api'

function slug(model: string): string {
  return model.toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-').replaceAll(/^-+|-+$/g, '').slice(0, 63)
}

/** Lets a model version answer under a name. */
export function DeployDialog({ model, version, onClose }: { model: string; version: number; onClose: () => void }) {
  const [name, setName] = useState(slug(model))
  const deploy = useDeploy()
  if (deploy.data) {
    const footer = <ButtonLink look="primary" to="/deployments/$name" params={{ name: deploy.data.name }}>Try it</ButtonLink>
    return <Dialog open onClose={onClose} title={`${deploy.data.name} is deployed`} told="The model has been loaded once." footer={footer} />
  }
  const footer = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button look="primary" disabled={!name || deploy.isPending} onClick={() => deploy.mutate({ name, model, version })}>
        {deploy.isPending ? 'Loading the model…' : 'Deploy'}
      </Button>
    </>
  )
  return (
    <Dialog open onClose={onClose} title={`Deploy ${model} v${version}`} told="It answers under this name as soon as it has been loaded once." footer={footer}>
      <TextField label="Name" value={name} maxLength={63} hint="Lower-case letters, digits and dashes" onChange={(event) => setName(event.target.value)} />
      {deploy.error && <ProblemPanel error={deploy.error} />}
    </Dialog>
  )
}
