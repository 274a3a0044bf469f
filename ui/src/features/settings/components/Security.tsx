import { useState, type FormEvent } from 'react'

import { Button, Card, ProblemPanel, tell, tellProblem, TextField } from '@/components'

import { useChangePassword, useEndOthers } from '../api'
import styles from './settings.module.css'

/** The password, and the logins that it opened. */
export function Security() {
  const change = useChangePassword()
  const endOthers = useEndOthers()
  const [unequal, setUnequal] = useState(false)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const element = event.currentTarget
    const form = new FormData(element)
    const [current, first, second] = ['current', 'new', 'again'].map((name) => String(form.get(name)))
    setUnequal(first !== second)
    if (first !== second) return
    change.mutate(
      { current_password: current ?? '', new_password: first ?? '' },
      {
        onSuccess: () => {
          tell('Your password is changed. All other logins have ended.')
          element.reset()
        },
      },
    )
  }
  const end = () => endOthers.mutate(undefined, { onSuccess: () => tell('All other logins have ended.'), onError: tellProblem })
  return (
    <Card title="Password and logins">
      <form className={styles['form']} onSubmit={submit}>
        <TextField label="Current password" name="current" type="password" autoComplete="current-password" required />
        <TextField label="New password" name="new" type="password" autoComplete="new-password" minLength={8} required hint="At least 8 characters." />
        <TextField label="New password again" name="again" type="password" autoComplete="new-password" required wrong={unequal ? 'The two are not the same.' : null} />
        {change.error && <ProblemPanel error={change.error} />}
        <Button type="submit" disabled={change.isPending}>
          {change.isPending ? 'Changing…' : 'Change password'}
        </Button>
      </form>
      <div className={styles['ending']}>
        <p>Left yourself logged in somewhere? API keys are not touched.</p>
        <Button disabled={endOthers.isPending} onClick={end}>
          Log out everywhere else
        </Button>
      </div>
    </Card>
  )
}
