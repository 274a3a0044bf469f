import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'

import { Ago, Card, Chip, Chips, Columns, CopyButton, Facts, Status } from '@/components'
import { between, metric } from '@/format'

import type { Run } from '../api'
import { isSystem } from '../system'
import { NoteCard } from './Note'
import { Values } from './Values'

export function Overview({ run, experiment }: { run: Run; experiment: string }) {
  const metrics = useMemo(
    () => Object.entries(run.metrics).flatMap(([key, value]): [string, string][] => (isSystem(key) ? [] : [[key, metric(value)]])),
    [run.metrics],
  )
  const params = useMemo(() => Object.entries(run.params), [run.params])
  const tags = Object.entries(run.tags).filter(([key]) => !/^(mlflow|maestro)\./.test(key))
  const source = run.tags['mlflow.source.name']
  const commit = run.tags['mlflow.source.git.commit'] ?? run.tags['git.commit']
  return (
    <Columns>
      <Card title="Facts">
        <Facts
          items={[
            ['Status', <Status key="status" state={run.status} />],
            ['Started', <Ago key="started" time={run.started_at} />],
            ['Duration', between(run.started_at, run.ended_at)],
            ['User', run.user],
            [
              'Experiment',
              <Link key="experiment" to="/experiments/$experimentId" params={{ experimentId: String(run.experiment_id) }}>
                {experiment}
              </Link>,
            ],
            ['Run', <>{run.id} <CopyButton text={run.id} label="Copy the id" /></>],
            ...optional('Source', source),
            ...optional('Commit', commit && <code>{commit.slice(0, 12)}</code>),
            ...optional('Parent', run.parent_run_id && <Link to="/runs/$runId" params={{ runId: run.parent_run_id }}>{run.parent_run_id}</Link>),
            ...optional('Tags', tags.length > 0 && <Chips>{tags.map(([key, value]) => <Chip key={key}>{`${key}: ${value}`}</Chip>)}</Chips>),
          ]}
        />
      </Card>
      <NoteCard runId={run.id} />
      <Values title="Metrics" values={metrics} number />
      <Values title="Params" values={params} />
    </Columns>
  )
}

function optional(term: string, fact: React.ReactNode): [string, React.ReactNode][] {
  return fact ? [[term, fact]] : []
}
