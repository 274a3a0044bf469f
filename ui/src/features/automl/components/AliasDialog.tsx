import { useState } from 'react'

import { Button, Dialog, ProblemPanel, tell, TextField } from '@/components'

import { useNameWinner } from '../api'

/** The winner is a version already; an alias is the name by which others take it. */
export function AliasDialog({ model, version, onClose }: { model: string; version: number; onClose: () => void }) {
  const [alias, setAlias] = useState('champion')
  const name = useNameWinner(model)
  const save = () =>
    name.mutate({ alias, version }, {
      onSuccess: () => {
        onClose()
        tell(`${model}@${alias} is version ${version} now.`)
      },
    })
  const footer = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button look="primary" disabled={!alias || name.isPending} onClick={save}>Set the alias</Button>
    </>
  )
  return (
    <Dialog open onClose={onClose} title={`Name ${model} v${version}`} told="It is registered already. Scripts and deployments that ask for the alias get this version from then on." footer={footer}>
      <TextField label="Alias" value={alias} maxLength={120} onChange={(event) => setAlias(event.target.value)} hint={`models:/${model}@${alias || '…'}`} />
      {name.error && <ProblemPanel error={name.error} />}
    </Dialog>
  )
}
