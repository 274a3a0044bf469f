import { Link } from '@tanstack/react-router'
import { Rocket } from 'lucide-react'
import { useState } from 'react'

import { ActionButton } from '@/access'
import { Bars } from '@/charts'
import { Button, ButtonLink, Card, Chip, Chips, Dialog, Facts, Grid, Notice, ProblemPanel, Table, tell, TextField, type Column } from '@/components'
import { bytes, metric, span } from '@/format'

import { useDeployWinner, type Entry, type Results as Found } from '../api'
import { metricName, scoreOf } from '../metrics'
import styles from './automl.module.css'

/** What a search has found: the winner, what was tried, and why some was not. */
export function Results({ jobId, results }: { jobId: string; results: Found }) {
  const [deploying, setDeploying] = useState(false)
  const { best_model: best } = results
  const importances = Object.entries(results.feature_importances)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 12)
    .map(([name, value]) => ({ name, value }))
  const score = (value: number | null) => metric(scoreOf(results.metric, value))
  return (
    <>
      <Card
        title="Winner"
        actions={
          <>
            <ButtonLink small to="/models/$name/$version" params={{ name: best.name, version: String(best.version) }}>
              {best.name} v{best.version}
            </ButtonLink>
            <ActionButton permission="deployment:write" small look="primary" icon={<Rocket />} onClick={() => setDeploying(true)}>
              Deploy
            </ActionButton>
          </>
        }
      >
        <div className={styles['score']}>
          <strong>{score(best.score)}</strong>
          {metricName(results.metric)}{best.standard_error !== null && ` ± ${metric(best.standard_error)}`}, by {best.algorithm}, in {span(results.seconds)}
        </div>
      </Card>
      {results.warnings.map((warning) => (
        <Notice key={warning} kind="warning">
          {warning}
        </Notice>
      ))}
      <Grid least={360}>
        {importances.length > 0 && (
          <Card title="What matters most">
            <Bars label="Importance of columns" items={importances} />
          </Card>
        )}
        <Card title="Measured">
          <Facts items={Object.entries(results.metrics).map(([name, value]) => [name, metric(value)])} />
        </Card>
      </Grid>
      <Card title={`Leaderboard · ${results.leaderboard.length}`} flush>
        <Table label="Leaderboard" columns={columnsFor(score)} rows={results.leaderboard} rowKey={({ rank, name }) => `${rank} ${name}`} />
      </Card>
      {results.skipped.length > 0 && (
        <Card title="Not tried" flush>
          <Table
            label="Not tried"
            columns={[
              { header: 'Configuration', cell: ({ name }) => name },
              { header: 'Why', cell: ({ reason }) => reason },
            ]}
            rows={results.skipped}
            rowKey={({ name }) => name}
          />
        </Card>
      )}
      {deploying && <DeployDialog jobId={jobId} model={best.name} onClose={() => setDeploying(false)} />}
    </>
  )
}

function columnsFor(score: (value: number | null) => string): Column<Entry>[] {
  return [
    { header: 'Rank', tight: true, cell: ({ rank }) => rank },
    {
      header: 'Configuration',
      cell: ({ name, run_id, status }) => (
        <Chips>
          {run_id ? <Link to="/runs/$runId" params={{ runId: run_id }}>{name}</Link> : name}
          {status === 'final' && <Chip strong>winner</Chip>}
          {status === 'member' && <Chip>in the ensemble</Chip>}
        </Chips>
      ),
    },
    { header: 'Score', number: true, cell: (entry) => score(entry.score) },
    { header: '±', number: true, wide: true, cell: ({ standard_error }) => metric(standard_error) },
    { header: 'Fit', number: true, wide: true, cell: ({ fit_seconds }) => span(fit_seconds) },
    { header: 'ms per 1,000', number: true, wide: true, cell: ({ predict_ms_per_1000 }) => metric(predict_ms_per_1000) },
    { header: 'Size', number: true, wide: true, cell: ({ size_bytes }) => bytes(size_bytes) },
  ]
}

function DeployDialog({ jobId, model, onClose }: { jobId: string; model: string; onClose: () => void }) {
  const [name, setName] = useState(model.toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-').replaceAll(/^-+|-+$/g, ''))
  const deploy = useDeployWinner(jobId)
  if (deploy.data) {
    const done = deploy.data.name
    return (
      <Dialog
        open
        onClose={onClose}
        title={`${done} answers`}
        told="The model has been loaded once and is ready for predictions."
        footer={<ButtonLink look="primary" to="/deployments/$name" params={{ name: done }}>Try it</ButtonLink>}
      />
    )
  }
  const footer = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button look="primary" disabled={!name || deploy.isPending} onClick={() => deploy.mutate(name, { onSuccess: () => tell(`${name} is deployed.`) })}>
        {deploy.isPending ? 'Loading the model…' : 'Deploy'}
      </Button>
    </>
  )
  return (
    <Dialog open onClose={onClose} title="Deploy the winner" told="It answers under this name as soon as it has been loaded once." footer={footer}>
      <TextField label="Name" value={name} maxLength={63} onChange={(event) => setName(event.target.value)} hint="Lower-case letters, digits and dashes" />
      {deploy.error && <ProblemPanel error={deploy.error} />}
    </Dialog>
  )
}
