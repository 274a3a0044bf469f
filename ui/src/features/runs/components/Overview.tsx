import { Link } from '@tanstack/react-router'
import { useState } from 'react'

import { Ago, BareInput, Card, Chip, Chips, Columns, CopyButton, Facts, Status, Table } from '@/components'
import { between, metric } from '@/format'

import type { Run } from '../api'
import { NoteCard } from './Note'

export function Overview({ run, experiment }: { run: Run; experiment: string }) {
  const tags = Object.entries(run.tags).filter(([key]) => !key.startsWith('mlflow.'))
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
      <Values title="Metrics" values={Object.entries(run.metrics).map(([key, value]) => [key, metric(value)])} number />
      <Values title="Params" values={Object.entries(run.params)} />
    </Columns>
  )
}

function optional(term: string, fact: React.ReactNode): [string, React.ReactNode][] {
  return fact ? [[term, fact]] : []
}

// A run may have 10,000 params: the search finds what the list does not show.
const LISTED = 100

function Values({ title, values, number = false }: { title: string; values: [string, string][]; number?: boolean }) {
  const [text, setText] = useState('')
  const [listed, setListed] = useState(LISTED)
  const matching = values
    .filter(([key]) => key.toLowerCase().includes(text.toLowerCase()))
    .sort(([a], [b]) => a.localeCompare(b))
  return (
    <Card title={`${title} · ${values.length.toLocaleString('en-US')}`} flush={values.length > 0}>
      {values.length === 0 && `No ${title.toLowerCase()} yet.`}
      {values.length > 12 && <BareInput label={`Find in ${title}`} type="search" placeholder="Find by name" value={text} onChange={(event) => setText(event.target.value)} />}
      {values.length > 0 && (
        <Table
          label={title}
          columns={[
            { header: 'Name', cell: ([key]) => key },
            { header: 'Value', number, cell: ([, value]) => value },
          ]}
          rows={matching.slice(0, listed)}
          rowKey={([key]) => key}
          more={matching.length > listed && (() => setListed(listed + 10 * LISTED))}
        />
      )}
    </Card>
  )
}
