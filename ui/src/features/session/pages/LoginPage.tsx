import { useMutation } from '@tanstack/react-query'
import { getRouteApi, useRouter } from '@tanstack/react-router'
import { useEffect, type FormEvent } from 'react'

import { address, logIn } from '@/api'
import { Button, Notice, ProblemPanel, TextField } from '@/components'

import styles from './login.module.css'

const route = getRouteApi('/login')

export default function LoginPage() {
  const { next, ended } = route.useSearch()
  const router = useRouter()
  const login = useMutation({
    mutationFn: logIn,
    onSuccess: () => router.navigate({ href: next ?? '/', replace: true }),
  })
  useEffect(() => {
    document.title = 'Log in · Maestro'
  }, [])
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
  return (
    <main className={styles['page']}>
      <div className={styles['box']}>
        <div className={styles['brand']}>
          <img src={address('/favicon.svg')} alt="" width="40" height="40" />
          <div>
            <h1>Maestro</h1>
            <p>From a table to a governed model in production.</p>
          </div>
        </div>
        {ended && !login.error && <Notice>Your session has ended. Log in to go on where you were.</Notice>}
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
        <p className={styles['hint']}>No account? An administrator can add you.</p>
      </div>
    </main>
  )
}
