import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Boxes, Database } from 'lucide-react'

import { Card, Chip, Empty, Loaded, Table } from '@/components'

import { registeredQuery, relationsQuery } from '../api'

/** What the run read, what it wrote, and what became of that. */
export function DataPart({ runId }: { runId: string }) {
  const relations = useQuery(relationsQuery(runId))
  const registered = useQuery(registeredQuery(runId))
  return (
    <>
      <Card title="Data sets" flush>
        <Loaded query={relations}>
          {({ datasets }) =>
            datasets.length === 0 ? (
              <Empty icon={<Database />} title="No data set" code={'run.log_input(data, context="training")  # or mlflow.log_input'}>
                What a run reads stands here, with its digest, so that anybody can tell which data made the model.
              </Empty>
            ) : (
              <Table
                label="Data sets"
                columns={[
                  { header: 'Name', cell: ({ name, source, source_type }) => <DatasetName name={name} ours={source_type === 'maestro' || source.includes('maestro:')} /> },
                  { header: 'For', cell: ({ context }) => (context ? <Chip>{context}</Chip> : '–') },
                  { header: 'Digest', cell: ({ digest }) => <code>{digest.slice(0, 16)}</code> },
                  { header: 'Source', wide: true, cell: ({ source_type, source }) => <span title={source}>{`${source_type}: ${source.slice(0, 80)}`}</span> },
                ]}
                rows={datasets}
                rowKey={({ name, digest }) => `${name} ${digest}`}
              />
            )
          }
        </Loaded>
      </Card>
      <Card title="Registered versions" flush>
        <Loaded query={registered}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon={<Boxes />} title="No registered version" code={`maestro models register churn runs:/${runId}/model`}>
                A model of this run that is worth keeping gets a number in the registry.
              </Empty>
            ) : (
              <Table
                label="Registered versions"
                columns={[
                  {
                    header: 'Version',
                    cell: ({ model, version }) => (
                      <Link to="/models/$name/$version" params={{ name: model, version: String(version) }}>{`${model} ${version}`}</Link>
                    ),
                  },
                  { header: 'Stage', cell: ({ stage }) => stage },
                  { header: 'Aliases', cell: ({ aliases }) => aliases.map((alias) => <Chip key={alias} strong>{alias}</Chip>) },
                ]}
                rows={items}
                rowKey={({ id }) => id}
              />
            )
          }
        </Loaded>
      </Card>
      {relations.data && relations.data.models.length > 0 && (
        <Card title="Logged models" flush>
          <Table
            label="Logged models"
            columns={[
              { header: 'Name', cell: ({ name }) => name },
              { header: 'Kind', cell: ({ model_type }) => model_type || '–' },
              { header: 'Status', cell: ({ status }) => status },
              { header: 'Tie', cell: ({ written, step }) => (written ? `written${step === null ? '' : ` at step ${step}`}` : 'read') },
              { header: 'Id', wide: true, cell: ({ id }) => <code>{id}</code> },
            ]}
            rows={relations.data.models}
            rowKey={({ id }) => id}
          />
        </Card>
      )}
    </>
  )
}

function DatasetName({ name, ours }: { name: string; ours: boolean }) {
  return ours ? <Link to="/datasets/$dataset" params={{ dataset: name }}>{name}</Link> : name
}
