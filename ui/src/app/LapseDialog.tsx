import { useMutation } from '@tanstack/react-query'
import type { FormEvent } from 'react'

import { useMe } from '@/access'
import { logInAgain, settleLapse, useLapsed } from '@/api'
import { Button, Dialog, ProblemPanel, TextField } from '@/components'

import styles from './shell.module.css'

/** Asks for the password when the login has ended; the page behind it keeps what it shows. */
export function LapseDialog() {
  const lapsed = useLapsed()
  return lapsed && <Ask />
}

function Ask() {
  const me = useMe()
  const login = useMutation({ mutationFn: logInAgain })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const password = String(new FormData(event.currentTarget).get('password'))
    if (me) login.mutate({ email: me.user.email, password, tenant: me.tenant.id })
  }
  const footer = (
    <>
      <Button onClick={() => settleLapse(false)}>Log in as somebody else</Button>
      <Button look="primary" type="submit" form="lapse" disabled={login.isPending}>
        {login.isPending ? 'Logging in…' : 'Go on'}
      </Button>
    </>
  )
  return (
    <Dialog open onClose={() => undefined} title="Your session has ended" told="Log in to go on: this page keeps what you have done." footer={footer}>
      <form id="lapse" className={styles['lapse']} onSubmit={submit}>
        <TextField label="E-mail address" name="email" value={me?.user.email ?? ''} readOnly tabIndex={-1} autoComplete="username" />
        <TextField label="Password" name="password" type="password" autoComplete="current-password" required />
        {login.error && <ProblemPanel error={login.error} />}
      </form>
    </Dialog>
  )
}
