import { useQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'

import { ActionButton } from '@/access'
import { Ago, Card, Columns, Facts, Loaded, Page, ProblemPanel, SelectField, tell, TextField } from '@/components'
import { limitsQuery } from '@/features/settings'
import { plural } from '@/format'

import { tenantQuery, useChangeTenant, type TenantSettings } from '../api'
import styles from '../components/organisation.module.css'
import { SettingsTable } from '../components/SettingsTable'

export default function OrganisationPage() {
  const tenant = useQuery(tenantQuery)
  const limits = useQuery(limitsQuery)
  return (
    <Page title="Organisation" subtitle="What you can set, and what the installation sets for all.">
      <Loaded query={tenant}>
        {(known) => (
          <Columns least={360}>
            <Name tenant={known} />
            <Trash tenant={known} />
          </Columns>
        )}
      </Loaded>
      <Card title="Limits of the installation" flush>
        <Loaded query={limits}>{(known) => <SettingsTable limits={known} />}</Loaded>
      </Card>
    </Page>
  )
}

function Name({ tenant }: { tenant: TenantSettings }) {
  const change = useChangeTenant()
  const [typed, setTyped] = useState<string | null>(null)
  const name = (typed ?? tenant.name).trim()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate({ name }, {
      onSuccess: () => {
        setTyped(null)
        tell(`Your organisation is called ${name} now.`, () => change.mutate({ name: tenant.name }))
      },
    })
  }
  return (
    <Card title="Name">
      <form className={styles['form']} onSubmit={submit}>
        <TextField label="Name of the organisation" value={typed ?? tenant.name} maxLength={120} hint="Letters, digits, spaces, dots and dashes. Logins, keys and addresses stay as they are." onChange={(event) => setTyped(event.target.value)} />
        {change.error && <ProblemPanel error={change.error} />}
        <ActionButton permission="tenant:manage" type="submit" disabled={!name || name === tenant.name || change.isPending}>
          Save
        </ActionButton>
      </form>
      <Facts items={[['Id', <code key="id">{tenant.id}</code>], ['Since', <Ago key="since" time={tenant.created_at} />]]} />
    </Card>
  )
}

const PERIODS = [7, 30, 90, 365]

function Trash({ tenant: { trash_days: days } }: { tenant: TenantSettings }) {
  const change = useChangeTenant()
  const [chosen, setChosen] = useState<number | null>(null)
  const next = chosen ?? days
  const told = (value: number) => (value === 0 ? 'until somebody empties it' : `for ${plural(value, 'day')}`)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate({ trash_days: next }, {
      onSuccess: () => {
        setChosen(null)
        tell(`The trash keeps what lies there ${told(next)}.`, () => change.mutate({ trash_days: days }))
      },
    })
  }
  const periods = [...new Set([...PERIODS, days])].filter((value) => value > 0).sort((one, other) => one - other)
  return (
    <Card title="Trash">
      <form className={styles['form']} onSubmit={submit}>
        <SelectField
          label="What is deleted is kept"
          value={next}
          hint={next === 0 ? 'Data sets, which are large, stay for a week all the same.' : 'Then runs, experiments and data sets are gone for good, each night.'}
          onChange={(event) => setChosen(Number(event.target.value))}
        >
          <option value={0}>{told(0)}</option>
          {periods.map((value) => (
            <option key={value} value={value}>{told(value)}</option>
          ))}
        </SelectField>
        {change.error && <ProblemPanel error={change.error} />}
        <ActionButton permission="tenant:manage" type="submit" disabled={next === days || change.isPending}>
          Save
        </ActionButton>
      </form>
    </Card>
  )
}
