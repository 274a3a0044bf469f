import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { FlaskConical, Plus, Trash2 } from 'lucide-react'
import { useDeferredValue, useState } from 'react'

import { ActionButton } from '@/access'
import { address } from '@/api'
import { Ago, BareInput, Button, Card, Chip, Chips, Dialog, Empty, Loaded, Page, ProblemPanel, Table, tell, tellProblem, TextField, type Column } from '@/components'

import { experimentsQuery, useCreateExperiment, useDeleteExperiment, type Experiment } from '../api'

export default function ExperimentsPage() {
  const [text, setText] = useState('')
  const [creating, setCreating] = useState(false)
  const query = useInfiniteQuery(experimentsQuery({ name: useDeferredValue(text.trim()) }))
  const items = query.data?.pages.flatMap((page) => page.items)
  return (
    <Page
      title="Experiments"
      subtitle="Runs that are compared with each other."
      actions={
        <ActionButton permission="experiment:write" look="primary" icon={<Plus />} onClick={() => setCreating(true)}>
          New experiment
        </ActionButton>
      }
    >
      <BareInput label="Find an experiment" type="search" placeholder="Find by name" value={text} onChange={(event) => setText(event.target.value)} />
      <Card flush>
        <Loaded query={{ ...query, data: items }}>
          {(experiments) =>
            experiments.length === 0 ? (
              <Empty icon={<FlaskConical />} title="No experiment fits" code={`MLFLOW_TRACKING_URI=${address('')} python train.py`}>
                Point a training script here, and its experiment appears.
              </Empty>
            ) : (
              <Table
                label="Experiments"
                columns={COLUMNS}
                rows={experiments}
                rowKey={({ id }) => String(id)}
                more={query.hasNextPage && (() => void query.fetchNextPage())}
                loadingMore={query.isFetchingNextPage}
              />
            )
          }
        </Loaded>
      </Card>
      {creating && <NewExperiment onClose={() => setCreating(false)} />}
    </Page>
  )
}

const COLUMNS: Column<Experiment>[] = [
  {
    header: 'Name',
    cell: ({ id, name }) => (
      <Link to="/experiments/$experimentId" params={{ experimentId: String(id) }}>
        {name}
      </Link>
    ),
  },
  {
    header: 'Tags',
    wide: true,
    cell: ({ tags }) => (
      <Chips>
        {Object.entries(tags)
          .filter(([key]) => !key.startsWith('mlflow.'))
          .slice(0, 4)
          .map(([key, value]) => (
            <Chip key={key}>{`${key}: ${value}`}</Chip>
          ))}
      </Chips>
    ),
  },
  { header: 'Changed', tight: true, cell: ({ updated_at }) => <Ago time={updated_at} /> },
  { header: 'Created', tight: true, wide: true, cell: ({ created_at }) => <Ago time={created_at} /> },
  { header: 'Actions', bare: true, tight: true, cell: (experiment) => <Remove experiment={experiment} /> },
]

function Remove({ experiment: { id, name } }: { experiment: Experiment }) {
  const change = useDeleteExperiment()
  const remove = () =>
    change.mutate(
      { id },
      { onSuccess: () => tell(`${name} is in the trash.`, () => change.mutate({ id, restore: true })), onError: tellProblem },
    )
  return <ActionButton permission="experiment:delete" small look="quiet" icon={<Trash2 />} label={`Delete ${name}`} onClick={remove} />
}

function NewExperiment({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('')
  const create = useCreateExperiment()
  const navigate = useNavigate()
  const submit = () =>
    create.mutate(name, {
      onSuccess: ({ id }) => void navigate({ to: '/experiments/$experimentId', params: { experimentId: String(id) } }),
    })
  const footer = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button look="primary" disabled={!name.trim() || create.isPending} onClick={submit}>
        Create
      </Button>
    </>
  )
  return (
    <Dialog open onClose={onClose} title="New experiment" footer={footer}>
      <TextField label="Name" value={name} maxLength={500} onChange={(event) => setName(event.target.value)} onKeyDown={(event) => event.key === 'Enter' && name.trim() && submit()} />
      {create.error && <ProblemPanel error={create.error} />}
    </Dialog>
  )
}
