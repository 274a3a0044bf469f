import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'

import { address } from '@/api'
import { Ago, Card, Chip, Code, CopyButton, Facts, Table } from '@/components'
import { bytes, metric } from '@/format'

import { searchOfRunQuery, type ModelVersion } from '../api'
import { Aliases, StageChoice } from './Standing'
import styles from './version.module.css'

export function FactsCard({ version }: { version: ModelVersion }) {
  const reference = `models:/${version.model}/${version.version}`
  return (
    <Card title="Facts">
      {version.description && (
        <div className={styles['described']}>
          <p className={styles['text']}>{version.description}</p>
        </div>
      )}
      <Facts
        items={[
          ['Stage', <StageChoice key="stage" version={version} />],
          ['Aliases', <Aliases key="aliases" version={version} />],
          ['Kind', version.flavor],
          ['Size', `${bytes(version.size_bytes)} in ${version.files.length} files`],
          ['Registered', <><Ago time={version.created_at} /> by {version.created_by}</>],
          ['Hash', <><code>{version.sha256.slice(0, 16)}</code> <CopyButton text={version.sha256} label="Copy the hash" /></>],
          ['Address', <><code>{reference}</code> <CopyButton text={reference} label="Copy the address" /></>],
          ...Object.entries(version.tags).map(([key, value]): [string, string] => [key, value]),
        ]}
      />
    </Card>
  )
}

/** From which data, search and run it comes. */
export function OriginCard({ version }: { version: ModelVersion }) {
  const search = useQuery(searchOfRunQuery(version.source_run_id))
  const [dataset = '', number] = (version.params['dataset'] ?? '').split('@')
  return (
    <Card title="Where it comes from">
      <Facts
        items={[
          [
            'Data set',
            dataset ? (
              <Link to="/datasets/$dataset" params={{ dataset }} search={number ? { version: Number(number) } : {}}>{`${dataset}, version ${number ?? 'not said'}`}</Link>
            ) : (
              'not said'
            ),
          ],
          ['Search', search.data ? <Link to="/automl/$jobId" params={{ jobId: search.data }}>AutoML search</Link> : '–'],
          ['Run', version.source_run_id ? <Link to="/runs/$runId" params={{ runId: version.source_run_id }}>{version.source_run_id}</Link> : '–'],
          ['Source', version.source ?? 'uploaded'],
        ]}
      />
    </Card>
  )
}

export function MeasuredCard({ version }: { version: ModelVersion }) {
  const figures = Object.entries(version.metrics)
  return (
    <Card title="Metrics">
      {figures.length > 0 ? <Facts items={figures.map(([name, value]) => [name, metric(value)])} /> : 'None were given when it was registered.'}
    </Card>
  )
}

export function ParamsCard({ version }: { version: ModelVersion }) {
  const params = Object.entries(version.params)
  if (params.length === 0) return null
  return (
    <Card title="Params">
      <Facts items={params.map(([name, value]) => [name, value])} />
    </Card>
  )
}

const SIGNATURE_SHOWN = 15

export function SignatureCard({ version: { signature } }: { version: ModelVersion }) {
  const [all, setAll] = useState(false)
  if (!signature) return null
  // What it answers comes first: of a wide table the inputs are many.
  const rows = [...signature.outputs.map((each) => ({ ...each, out: true })), ...signature.inputs.map((each) => ({ ...each, out: false }))]
  return (
    <Card title="Signature" flush>
      <Table
        label="Signature"
        columns={[
          { header: 'Column', cell: ({ name }) => name },
          { header: 'Type', cell: ({ type }) => type },
          { header: 'Role', bare: true, tight: true, cell: ({ out, required }) => (out ? <Chip strong>answer</Chip> : !required && <Chip>may be missing</Chip>) },
        ]}
        rows={all ? rows : rows.slice(0, SIGNATURE_SHOWN)}
        more={!all && rows.length > SIGNATURE_SHOWN && (() => setAll(true))}
        rowKey={({ name, out }) => `${name} ${out}`}
      />
    </Card>
  )
}

export function ExampleCard({ version: { input_example: example } }: { version: ModelVersion }) {
  if (example === null || example === undefined) return null
  return (
    <Card title="Input example">
      <Code text={JSON.stringify(example, null, 2).slice(0, 4000)} />
    </Card>
  )
}

export function FilesCard({ version }: { version: ModelVersion }) {
  return (
    <Card title="Files" flush>
      <Table
        label="Files"
        columns={[
          { header: 'Path', cell: ({ path }) => path },
          { header: 'Size', number: true, cell: ({ size }) => bytes(size) },
        ]}
        rows={version.files}
        rowKey={({ path }) => path}
      />
    </Card>
  )
}

/** The lines that load it, with this server's address. */
export function LoadCard({ version: { model, version } }: { version: ModelVersion }) {
  const server = address('')
  return (
    <Card title="Load it in Python">
      <Code
        text={`from maestro_ml import MaestroClient

ml = MaestroClient("${server}")  # and MAESTRO_API_KEY in the environment
model = ml.models.get(${JSON.stringify(model)}, version=${version}).load()
model.predict(table)`}
      />
      <p className={styles['or']}>Or with MLflow, unchanged:</p>
      <Code
        text={`import mlflow  # MLFLOW_TRACKING_URI=${server}, MLFLOW_TRACKING_TOKEN=an API key

model = mlflow.pyfunc.load_model("models:/${model}/${version}")`}
      />
    </Card>
  )
}
