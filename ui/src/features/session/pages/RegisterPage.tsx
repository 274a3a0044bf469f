import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useRouter } from '@tanstack/react-router'
import type { FormEvent } from 'react'

import { Button, Loaded, Notice, ProblemPanel, TextField } from '@/components'

import { methodsQuery, register } from '../api'
import { Door } from '../components/Door'
import styles from './login.module.css'

export default function RegisterPage() {
  const methods = useQuery(methodsQuery)
  const hint = (
    <>
      You have an account? <Link to="/login">Log in</Link>
    </>
  )
  return (
    <Door title="Register" hint={hint}>
      <Loaded query={methods}>
        {({ registration }) =>
          registration ? (
            <Form />
          ) : (
            <Notice>Registration is closed on this server. An administrator can add you to an organisation.</Notice>
          )
        }
      </Loaded>
    </Door>
  )
}

function Form() {
  const router = useRouter()
  const registering = useMutation({
    mutationFn: register,
    onSuccess: () => router.navigate({ to: '/', replace: true }),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string) => String(form.get(name) ?? '').trim()
    registering.mutate({
      email: text('email'),
      name: text('name'),
      password: String(form.get('password')),
      tenant_name: text('tenant') || null,
    })
  }
  return (
    <form className={styles['form']} onSubmit={submit}>
      <TextField label="E-mail address" name="email" type="email" autoComplete="username" required />
      <TextField label="Your name" name="name" autoComplete="name" maxLength={120} />
      <TextField label="Organisation" name="tenant" maxLength={120} hint="A new one, which you administer. You can add others later." />
      <TextField label="Password" name="password" type="password" autoComplete="new-password" minLength={8} required hint="At least 8 characters." />
      {registering.error && <ProblemPanel error={registering.error} />}
      <Button look="primary" type="submit" disabled={registering.isPending}>
        {registering.isPending ? 'Making your account…' : 'Register'}
      </Button>
    </form>
  )
}
