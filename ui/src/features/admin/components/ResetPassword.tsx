import { useState } from 'react'

import { Button, Dialog, ProblemPanel, tell, TextField } from '@/components'

import { useResetPassword, type User } from '../api'

export function ResetPassword({ user, onClose }: { user: User; onClose: () => void }) {
  const [password, setPassword] = useState('')
  const reset = useResetPassword()
  const save = () =>
    reset.mutate(
      { id: user.id, password },
      {
        onSuccess: () => {
          tell(`${user.email} has another password now.`)
          onClose()
        },
      },
    )
  const footer = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button look="primary" disabled={password.length < 8 || reset.isPending} onClick={save}>
        Set password
      </Button>
    </>
  )
  return (
    <Dialog open onClose={onClose} title={`Another password for ${user.email}`} told="Their logins end at once; their API keys stay." footer={footer}>
      <TextField label="New password" type="password" autoComplete="new-password" value={password} hint="At least 8 characters." onChange={(event) => setPassword(event.target.value)} />
      {reset.error && <ProblemPanel error={reset.error} />}
    </Dialog>
  )
}
