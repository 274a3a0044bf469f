import { useQuery } from '@tanstack/react-query'
import { Rocket, Tag } from 'lucide-react'
import { useState } from 'react'

import { ActionButton } from '@/access'
import { Bars } from '@/charts'
import { Button, ButtonLink, Card, Dialog, Facts, Grid, Loaded, Notice, ProblemPanel, tell, TextField } from '@/components'
import { metric, span } from '@/format'

import { reportQuery, useDeployWinner, type Results as Found } from '../api'
import { metricName, scoreOf } from '../metrics'
import { AliasDialog } from './AliasDialog'
import styles from './automl.module.css'
import { FinalBoard, Skipped } from './Board'
import { Evaluation } from './Evaluation'
import { ScoreOverTime } from './ScoreOverTime'

/** What a search has found: the winner, what was tried, and why some was not. */
export function Results({ jobId, results }: { jobId: string; results: Found }) {
  const [deploying, setDeploying] = useState(false)
  const [naming, setNaming] = useState(false)
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
            <ActionButton permission="model:write" small icon={<Tag />} onClick={() => setNaming(true)}>
              Set an alias
            </ActionButton>
            <ActionButton permission="deployment:write" small look="primary" icon={<Rocket />} onClick={() => setDeploying(true)}>
              Deploy
            </ActionButton>
          </>
        }
      >
        <div className={styles['score']}>
          <strong>{score(best.score)}</strong>
          {metricName(results.metric)}{best.standard_error !== null && ` ± ${Number(best.standard_error.toPrecision(2))}`}, by {best.algorithm}, in {span(results.seconds)}
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
      <Winner results={results} />
      <ScoreOverTime history={results.history ?? []} metric={results.metric} />
      <FinalBoard entries={results.leaderboard} metric={results.metric} />
      <Skipped entries={results.skipped} />
      {naming && <AliasDialog model={best.name} version={best.version} onClose={() => setNaming(false)} />}
      {deploying && <DeployDialog jobId={jobId} model={best.name} onClose={() => setDeploying(false)} />}
    </>
  )
}

/** The winner's plots, from the version that it became. */
function Winner({ results }: { results: Found }) {
  const { name, version } = results.best_model
  const query = useQuery(reportQuery(name, version))
  return (
    <Loaded query={query}>
      {(report) =>
        report ? (
          <Evaluation report={report} />
        ) : (
          <Notice>This search is from before plots were kept: confusion, curves and residuals are missing. A new search of the same table has them.</Notice>
        )
      }
    </Loaded>
  )
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
