import { Link } from '@tanstack/react-router'
import { useState } from 'react'

import { Button, Card, Chip, Chips } from '@/components'
import { metric, percent, plural } from '@/format'

import type { Start as Origin } from '../api'
import { scoreOf } from '../metrics'
import { ordered, type Trial } from '../trials'
import styles from './start.module.css'

const SHOWN = 4
const SOURCES = { history: 'Your team’s searches', public: 'Public tables', defaults: 'The fixed list' }

/** Which past tasks the first candidates come from, or why none do. */
export function Start({ start, trials, metric: name }: { start: Origin; trials: Trial[]; metric: string }) {
  const [all, setAll] = useState(false)
  const reasons = (start.reasons ?? []).slice(0, all ? undefined : SHOWN)
  const more = (start.reasons ?? []).length - reasons.length
  const ranks = new Map(ordered(trials, 'score').map((trial, index) => [trial.name, { rank: index + 1, ...trial }]))
  return (
    <Card title="Why this start" actions={<Link to="/automl/ledger">What the memory is worth</Link>}>
      <Chips>
        <Chip strong>{SOURCES[start.source]}</Chip>
        {start.arm && <Chip>{start.arm === 'cold' ? 'drawn to begin without the memory' : 'drawn to begin with the memory'}</Chip>}
      </Chips>
      <p className={styles['note']}>{start.note}</p>
      {start.arm && <p className={styles['quiet']}>{drawn(start)}</p>}
      {reasons.length > 0 && (
        <ol className={styles['reasons']} aria-label="First candidates, and the tasks that speak for them">
          {reasons.map(({ candidate, tasks }) => {
            const here = ranks.get(candidate)
            return (
              <li key={candidate}>
                <p>
                  <strong>{candidate}</strong>
                  <small>{here ? `here ${metric(scoreOf(name, here.score))}, place ${here.rank} of ${trials.length}` : 'not finished here'}</small>
                </p>
                <ul aria-label={`Tasks that speak for ${candidate}`}>
                  {tasks.map((task) => (
                    <li key={task.key}>
                      <span title={task.name}>{start.source === 'history' ? <Link to="/automl/$jobId" params={{ jobId: task.key }}>{task.name}</Link> : task.name}</span>
                      <Similarity value={task.similarity} />
                      <span>{task.regret === null ? '–' : task.regret < 0.005 ? 'the best there' : `${percent(1 - task.regret)} of the best`}</span>
                    </li>
                  ))}
                </ul>
              </li>
            )
          })}
        </ol>
      )}
      {more > 0 && (
        <Button look="quiet" small onClick={() => setAll(true)}>
          Show {more} more
        </Button>
      )}
      {reasons.length > 0 && <p className={styles['quiet']}>The bar is how alike the table is, from 0 to 1; beside it, how far the candidate came there between the worst and the best of that task.</p>}
    </Card>
  )
}

function Similarity({ value }: { value: number | null }) {
  if (value === null) return <span />
  return (
    <span className={styles['similarity']} role="img" aria-label={`similarity ${value.toFixed(2)}`} title={`similarity ${value.toFixed(2)}`}>
      <i style={{ '--share': `${value * 100}%` }} />
      <small aria-hidden>{value.toFixed(2)}</small>
    </span>
  )
}

/** What the draw has to do with it; without one the note says why. */
function drawn({ arm, propensity, source, past_searches: past = 0 }: Origin): string | null {
  const chance = typeof propensity === 'number' ? percent(propensity) : 'A part'
  if (arm === 'cold') return `${chance} of the searches begin without the memory, drawn at random: only against them can be told what it is worth.`
  if (source !== 'history') return 'Drawn to begin with the memory, which had nothing better to say here.'
  return arm === 'warm' ? `Drawn to begin with what ${plural(past, 'earlier search', 'earlier searches')} found, as ${chance} of the searches are.` : null
}
