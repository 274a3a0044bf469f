import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'

import { ActionButton } from '@/access'
import { Ago, Card, Facts, ProblemPanel, SelectField, tell, tellProblem } from '@/components'
import { versionsQuery } from '@/features/models'

import { useSwitch, type Deployment } from '../api'
import styles from './try.module.css'

/** The version behind the deployment, and another one in its place: forward, or back to an older one. */
export function Serves({ deployment, served }: { deployment: Deployment; served: Deployment['routes'][number] }) {
  const { model, version } = served
  const change = useSwitch(deployment.name)
  const versions = useInfiniteQuery(versionsQuery(model))
  const ready = versions.data?.pages.flatMap(({ items }) => items).filter(({ state }) => state === 'ready') ?? []
  const [chosen, setChosen] = useState(version)
  const turn = (to: number) =>
    change.mutate({ model, version: to }, {
      onSuccess: () => {
        setChosen(to)
        tell(`${deployment.name} serves version ${to} now.`, () => change.mutate({ model, version }, { onSuccess: () => setChosen(version), onError: tellProblem }))
      },
    })
  const back = chosen < version
  return (
    <Card title="Serves">
      <Facts
        items={[
          ['Model', <Link key="model" to="/models/$name/$version" params={{ name: model, version: String(version) }}>{`${model} v${version}`}</Link>],
          ['Changed', <Ago key="changed" time={deployment.updated_at} />],
          ['By', deployment.created_by],
          ['Unloaded after', deployment.idle_seconds === null ? 'the server’s usual time without a request' : `${deployment.idle_seconds} s without a request`],
        ]}
      />
      <div className={styles['switch']}>
        <SelectField label="Another version" value={chosen} disabled={change.isPending} onChange={(event) => setChosen(Number(event.target.value))}>
          {ready.map((each) => (
            <option key={each.version} value={each.version}>
              {`Version ${each.version}${each.version === version ? ', served now' : ''}${each.aliases.map((alias) => ` @${alias}`).join('')}`}
            </option>
          ))}
        </SelectField>
        <ActionButton permission="deployment:write" disabled={chosen === version || change.isPending} onClick={() => turn(chosen)}>
          {change.isPending ? 'Loading the model…' : back ? 'Roll back' : 'Switch'}
        </ActionButton>
      </div>
      {change.error && <ProblemPanel error={change.error} />}
    </Card>
  )
}
