import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { ActionButton, useRefusal } from '@/access'
import { BareInput, BareSelect, Chip, tell, tellProblem } from '@/components'

import { modelQuery, STAGES, useSetAlias, useSetStage, type ModelVersion } from '../api'
import styles from './version.module.css'

/** The stage, changed at once; production takes the place of what was there. */
export function StageChoice({ version }: { version: ModelVersion }) {
  const change = useSetStage(version.model)
  const refusal = useRefusal('model:write')
  const choose = (value: string) => {
    const stage = STAGES.find((each) => each === value)
    if (!stage) return
    const before = version.stage
    const undo = () => change.mutate({ version: version.version, stage: before })
    change.mutate({ version: version.version, stage }, { onSuccess: () => tell(`Stage ${stage} now.`, undo), onError: tellProblem })
  }
  return (
    <BareSelect label="Stage" value={version.stage} disabled={refusal !== null || change.isPending} title={refusal ?? undefined} onChange={(event) => choose(event.target.value)}>
      {STAGES.map((stage) => (
        <option key={stage}>{stage}</option>
      ))}
    </BareSelect>
  )
}

/** The aliases that name this version, set and removed with a way back. */
export function Aliases({ version }: { version: ModelVersion }) {
  const change = useSetAlias(version.model)
  const [alias, setAlias] = useState('')
  const model = useQuery(modelQuery(version.model))
  const point = (name: string, to: number | null) => {
    const before = model.data?.aliases[name] ?? null
    const undo = () => change.mutate({ alias: name, version: before })
    const told = to === null ? `@${name} is removed.` : `@${name} is version ${to} now.`
    change.mutate({ alias: name, version: to }, { onSuccess: () => tell(told, undo), onError: tellProblem })
  }
  const set = () => {
    point(alias.trim(), version.version)
    setAlias('')
  }
  return (
    <div className={styles['aliases']}>
      {version.aliases.map((each) => (
        <Chip key={each} strong>
          @{each}
          <button type="button" aria-label={`Remove @${each}`} onClick={() => point(each, null)}>
            ×
          </button>
        </Chip>
      ))}
      <div className={styles['add']}>
        <BareInput label="New alias" placeholder="champion" value={alias} onChange={(event) => setAlias(event.target.value)} />
        <ActionButton permission="model:write" small disabled={!alias.trim() || change.isPending} onClick={set}>
          Set
        </ActionButton>
      </div>
    </div>
  )
}
