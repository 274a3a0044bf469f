import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Waypoints } from 'lucide-react'

import { Ago, ButtonLink, Card, Empty, Loaded, Status, Table } from '@/components'

import { lineageQuery } from '../api'

/** What came of the data set: searches, models, runs, as far as they said so. */
export function Lineage({ dataset }: { dataset: string }) {
  return (
    <Loaded query={useQuery(lineageQuery(dataset))}>
      {({ searches, models, runs }) =>
        searches.length + models.length + runs.length === 0 ? (
          <Card>
            <Empty
              icon={<Waypoints />}
              title="Nothing has used this data set yet"
              action={<ButtonLink look="primary" to="/automl/new" search={{ dataset }}>Find a model</ButtonLink>}
              code={`mlflow.log_input(mlflow.data.from_pandas(table, name="${dataset}"))`}
            >
              Searches and the models that they register appear here by themselves; a training script says it with one line.
            </Empty>
          </Card>
        ) : (
          <>
            {models.length > 0 && (
              <Card title="Models trained on it" flush>
                <Table
                  label="Models trained on it"
                  columns={[
                    { header: 'Model', cell: ({ model, version }) => <Link to="/models/$name/$version" params={{ name: model, version: String(version) }}>{`${model} v${version}`}</Link> },
                    { header: 'Version of the data', cell: ({ dataset_version }) => (dataset_version ? `Version ${dataset_version}` : 'not said') },
                    { header: 'By', wide: true, cell: ({ created_by }) => created_by },
                    { header: 'Created', tight: true, cell: ({ created_at }) => <Ago time={created_at} /> },
                  ]}
                  rows={models}
                  rowKey={({ model, version }) => `${model} ${version}`}
                />
              </Card>
            )}
            {searches.length > 0 && (
              <Card title="Searches" flush>
                <Table
                  label="Searches"
                  columns={[
                    { header: 'Target', cell: ({ job_id, target }) => <Link to="/automl/$jobId" params={{ jobId: job_id }}>{target}</Link> },
                    { header: 'Version of the data', cell: ({ version }) => `Version ${version}` },
                    { header: 'State', tight: true, cell: ({ status }) => <Status state={status} /> },
                    { header: 'Started', tight: true, cell: ({ created_at }) => <Ago time={created_at} /> },
                  ]}
                  rows={searches}
                  rowKey={({ job_id }) => job_id}
                />
              </Card>
            )}
            {runs.length > 0 && (
              <Card title="Runs that read it" flush>
                <Table
                  label="Runs that read it"
                  columns={[
                    { header: 'Run', cell: ({ run_id, name }) => <Link to="/runs/$runId" params={{ runId: run_id }}>{name || run_id}</Link> },
                    { header: 'Digest', wide: true, cell: ({ digest }) => <code>{digest}</code> },
                    { header: 'State', tight: true, cell: ({ status }) => <Status state={status} /> },
                    { header: 'Started', tight: true, cell: ({ started_at }) => <Ago time={started_at} /> },
                  ]}
                  rows={runs}
                  rowKey={({ run_id }) => run_id}
                />
              </Card>
            )}
          </>
        )
      }
    </Loaded>
  )
}
