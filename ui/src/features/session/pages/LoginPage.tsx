import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useRouter } from '@tanstack/react-router'
import type { FormEvent } from 'react'

import { logIn } from '@/api'
import { Button, Notice, ProblemPanel, TextField } from '@/components'

import { methodsQuery } from '../api'
import { Door } from '../components/Door'
import { Providers } from '../components/Providers'
import styles from './login.module.css'

const route = getRouteApi('/login')

export default function LoginPage() {
  const { next, ended } = route.useSearch()
  const router = useRouter()
  const methods = useQuery(methodsQuery).data
  const login = useMutation({
    mutationFn: logIn,
    onSuccess: () => router.navigate({ href: next ?? '/', replace: true }),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const tenant = String(form.get('tenant') ?? '').trim()
    login.mutate({
      email: String(form.get('email')),
      password: String(form.get('password')),
      ...(tenant && { tenant }),
    })
  }
  const hint = methods?.registration ? (
    <>
      No account? <Link to="/register">Register</Link>, or ask an administrator to add you.
    </>
  ) : (
    'No account? An administrator can add you.'
  )
  return (
    <Door title="Log in" hint={hint}>
      {ended && !login.error && <Notice>Your session has ended. Log in to go on where you were.</Notice>}
      {methods && <Providers providers={methods.providers} />}
      <form className={styles['form']} onSubmit={submit}>
        <TextField label="E-mail address" name="email" type="text" inputMode="email" autoComplete="username" required />
        <TextField label="Password" name="password" type="password" autoComplete="current-password" required />
        <details>
          <summary>I belong to several organisations</summary>
          <TextField label="Organisation" name="tenant" hint="Its name. Without one, the oldest is opened." />
        </details>
        {login.error && <ProblemPanel error={login.error} />}
        <Button look="primary" type="submit" disabled={login.isPending}>
          {login.isPending ? 'Logging in…' : 'Log in'}
        </Button>
      </form>
    </Door>
  )
}
