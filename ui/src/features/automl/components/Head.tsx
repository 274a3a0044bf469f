import { Link } from '@tanstack/react-router'
import { Rocket, Tag } from 'lucide-react'
import { useState } from 'react'

import { ActionButton } from '@/access'
import { ButtonLink, Card, ProgressBar } from '@/components'
import { metric, plural, span } from '@/format'

import type { Progress, Results } from '../api'
import { metricName, scoreOf } from '../metrics'
import { AliasDialog } from './AliasDialog'
import styles from './automl.module.css'
import { DeployDialog } from './DeployDialog'

interface HeadProps {
  name: string | null | undefined
  score: number | null
  error: number | null | undefined
  by: string | null
  /** What it is: "best so far". */
  told: string
}

function Score({ name, score, error, by, told }: HeadProps) {
  return (
    <div className={styles['score']}>
      <strong>{metric(scoreOf(name, score))}</strong>
      <span>{typeof error === 'number' && `± ${Number(error.toPrecision(2))}`}</span>
      <span>{by ? `${metricName(name ?? '')}, ${told} ${by}` : told}</span>
    </div>
  )
}

/** What a search has so far; as high as what stands there when it has ended. */
export function Going({ search }: { search: Progress }) {
  const { progress, message, finished, candidates, current_best: best, metric: name, status } = search
  return (
    <Card title="Best so far">
      <div className={styles['live']}>
        <Score name={name} score={best?.score ?? null} error={best?.standard_error} by={best?.name ?? null} told={best ? 'best so far, by' : status === 'queued' ? 'It begins when a worker is free.' : 'The first trial is on its way.'} />
        <ProgressBar fraction={status === 'queued' ? null : progress} label="Progress of the search" />
        <div className={styles['told']}>
          <span>{message || 'Waiting for a worker'}</span>
          <span>{plural(finished, 'configuration')}{candidates > finished && ` of ${candidates}`}</span>
        </div>
      </div>
    </Card>
  )
}

/** The winner, and what can be done with it. */
export function Winner({ jobId, results }: { jobId: string; results: Results }) {
  const [asking, setAsking] = useState<'deploy' | 'alias' | null>(null)
  const { best_model: best, run_id: run, experiment_id: experiment, warnings, seconds, history = [], status } = results
  const close = () => setAsking(null)
  return (
    <Card
      title="Winner"
      actions={
        <div className={styles['actions']}>
          <ButtonLink small to="/models/$name/$version" params={{ name: best.name, version: String(best.version) }}>
            {best.name} v{best.version}
          </ButtonLink>
          <ActionButton permission="model:write" small icon={<Tag />} onClick={() => setAsking('alias')}>
            Set an alias
          </ActionButton>
          <ActionButton permission="deployment:write" small look="primary" icon={<Rocket />} onClick={() => setAsking('deploy')}>
            Deploy
          </ActionButton>
        </div>
      }
    >
      <div className={styles['live']}>
        <Score name={results.metric} score={best.score} error={best.standard_error} by={best.algorithm} told={status === 'cancelled' ? 'best when it was stopped, by' : 'by'} />
        <div className={styles['told']}>
          <span>
            {plural(history.length || results.leaderboard.length, 'configuration')} in {span(seconds)}
            {warnings.length > 0 && `, ${plural(warnings.length, 'note')} about the table`}
          </span>
          <nav aria-label="Made by this search" className={styles['links']}>
            <Link to="/models/$name/$version" params={{ name: best.name, version: String(best.version) }} hash="explanations">Explanations</Link>
            <Link to="/runs/$runId" params={{ runId: run }}>Run</Link>
            <Link to="/experiments/$experimentId" params={{ experimentId: experiment }}>All trials as runs</Link>
          </nav>
        </div>
      </div>
      {asking === 'alias' && <AliasDialog model={best.name} version={best.version} onClose={close} />}
      {asking === 'deploy' && <DeployDialog jobId={jobId} model={best.name} onClose={close} />}
    </Card>
  )
}
