import { Link } from '@tanstack/react-router'
import { Plus, X } from 'lucide-react'
import { useState, type FormEvent } from 'react'

import { useRefusal } from '@/access'
import { BareInput, BareSelect, Button, Card, Chip, Table, tell, tellProblem } from '@/components'

import { useSetAlias, type Model } from '../api'
import styles from './version.module.css'

/** The names that point at versions: set, moved and removed, each with a way back. */
export function AliasCard({ model }: { model: Model }) {
  const change = useSetAlias(model.name)
  const refusal = useRefusal('model:write')
  const [alias, setAlias] = useState('')
  const [version, setVersion] = useState('')
  const point = (name: string, to: number | null) => {
    const before = model.aliases[name] ?? null
    if (before === to) return
    const undo = () => change.mutate({ alias: name, version: before })
    const told = to === null ? `@${name} is removed.` : `@${name} is version ${to} now.`
    change.mutate({ alias: name, version: to }, { onSuccess: () => tell(told, undo), onError: tellProblem })
  }
  const add = (event: FormEvent) => {
    event.preventDefault()
    point(alias.trim(), Number(version || model.latest_version))
    setAlias('')
  }
  const numbers = Array.from({ length: model.latest_version ?? 0 }, (_, index) => (model.latest_version ?? 0) - index).slice(0, 100)
  return (
    <Card title="Aliases" flush>
      {Object.keys(model.aliases).length > 0 && (
        <Table
          label="Aliases"
          columns={[
            { header: 'Alias', cell: ({ name }) => <Chip strong>{`@${name}`}</Chip> },
            { header: 'Version', cell: ({ to }) => <Link to="/models/$name/$version" params={{ name: model.name, version: String(to) }}>{`Version ${to}`}</Link> },
            {
              header: 'Remove',
              bare: true,
              tight: true,
              cell: ({ name }) => <Button small look="quiet" icon={<X />} label={`Remove @${name}`} disabled={refusal !== null} onClick={() => point(name, null)} />,
            },
          ]}
          rows={Object.entries(model.aliases).map(([name, to]) => ({ name, to }))}
          rowKey={({ name }) => name}
        />
      )}
      <form className={styles['alias']} onSubmit={add}>
        <BareInput label="Alias" placeholder="champion" value={alias} maxLength={120} onChange={(event) => setAlias(event.target.value)} />
        <BareSelect label="Version of the alias" value={version || String(model.latest_version ?? '')} onChange={(event) => setVersion(event.target.value)}>
          {numbers.map((number) => (
            <option key={number} value={number}>{`Version ${number}`}</option>
          ))}
        </BareSelect>
        <Button type="submit" icon={<Plus />} disabled={refusal !== null || alias.trim() === '' || model.latest_version === null || change.isPending} title={refusal ?? undefined}>
          Set
        </Button>
      </form>
    </Card>
  )
}
