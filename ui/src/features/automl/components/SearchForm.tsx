import { Play, Upload } from 'lucide-react'
import type { FormEvent } from 'react'

import { ActionButton } from '@/access'
import { ApiError, type Schema } from '@/api'
import { Button, ProblemPanel, SelectField, TextField } from '@/components'

import type { Request } from '../api'
import { likelyTarget, METRICS, reasonFor, taskOf } from '../metrics'
import type { AutomlSearch } from '../search'
import styles from './automl.module.css'
import { Budget } from './Budget'
import own from './form.module.css'
import { SplitFields } from './SplitFields'

const USUAL_BUDGET = 60
/** What is told at the field that it is about. */
const AT_FIELDS = ['automl.table_too_small', 'automl.target_not_found', 'automl.target_unusable', 'automl.budget_too_large', 'automl.split_unusable']

interface Props {
  /** What is asked for so far, from the address. */
  asked: AutomlSearch
  datasets: string[]
  columns: Schema['ColumnProfile'][]
  busy: boolean
  error: unknown
  onChange: (asked: AutomlSearch) => void
  onUpload: () => void
  onStart: (request: Request) => void
}

/** What a search is asked for; the address holds it, so that it can be sent to somebody, and survives. */
export function SearchForm({ asked, datasets, columns, busy, error, onChange, onUpload, onStart }: Props) {
  const { dataset = '', group, time, budget = USUAL_BUDGET } = asked
  const target = targetOf(asked, columns)
  const column = columns.find(({ name }) => name === target)
  const usual = taskOf(column)
  const task = asked.task ?? usual
  const choices = METRICS[task]
  const metric = choices.find(({ value }) => value === asked.metric) ?? choices[0]
  const change = (changed: AutomlSearch) => onChange({ ...asked, ...changed })
  const drop = (...names: (keyof AutomlSearch)[]) => Object.fromEntries(Object.entries(asked).filter(([name]) => !names.includes(name as keyof AutomlSearch))) as AutomlSearch
  const wrong = wrongBy(error)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    onStart({
      dataset_id: dataset,
      version: 'latest',
      target,
      task_type: task === usual ? 'auto' : task,
      time_budget: budget,
      metric: metric?.value || null,
      model_name: asked.model ?? null,
      seed: 0,
      max_trials: null,
      group_column: group ?? null,
      time_column: time ?? null,
      warm_start: asked.memory !== false,
      refine: asked.refine === true,
    })
  }
  return (
    <form className={styles['fields']} onSubmit={submit}>
      <SelectField label="Table" required value={dataset} wrong={wrong('automl.table_too_small')} onChange={(event) => onChange(event.target.value ? { dataset: event.target.value } : {})}>
        <option value="">Choose a data set</option>
        {datasets.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </SelectField>
      <Button icon={<Upload />} onClick={onUpload}>
        Upload another
      </Button>
      <SelectField
        label="Column to predict"
        required
        value={target}
        disabled={columns.length === 0}
        wrong={wrong('automl.target_not_found', 'automl.target_unusable')}
        hint={usual === task ? reasonFor(column) : `Taken for ${task}, because you said so.`}
        onChange={(event) => onChange({ ...drop('task', 'metric'), target: event.target.value })}
      >
        {columns.map(({ name, type }) => (
          <option key={name} value={name}>{`${name} (${type})`}</option>
        ))}
      </SelectField>
      {column && (column.type === 'integer' || column.type === 'float') && (
        <SelectField label="Task" value={task} onChange={(event) => onChange({ ...drop('metric'), task: event.target.value === 'regression' ? 'regression' : 'classification' })}>
          <option value="classification">Classes</option>
          <option value="regression">A quantity</option>
        </SelectField>
      )}
      <SelectField label="Score" value={metric?.value ?? ''} hint={metric?.why} onChange={(event) => onChange(event.target.value ? { ...asked, metric: event.target.value } : drop('metric'))}>
        {choices.map(({ value, name }) => (
          <option key={value} value={value}>{name}</option>
        ))}
      </SelectField>
      <Budget seconds={budget} wrong={wrong('automl.budget_too_large')} onChange={(seconds) => onChange(seconds === USUAL_BUDGET ? drop('budget') : { ...asked, budget: seconds })} />
      <SplitFields
        columns={columns.filter(({ name }) => name !== target)}
        split={{ ...(group && { group }), ...(time && { time }) }}
        wrong={wrong('automl.split_unusable')}
        onChange={(split) => onChange({ ...drop('group', 'time'), ...split })}
      />
      <label className={own['memory']}>
        <input type="checkbox" checked={asked.memory !== false} onChange={(event) => onChange(event.target.checked ? drop('memory') : { ...asked, memory: false })} />
        Begin with what earlier searches found
        <span className={own['hint']}>Once there are enough of them. Without, the search is in no comparison of the value ledger.</span>
      </label>
      <label className={own['memory']}>
        <input type="checkbox" checked={asked.refine === true} onChange={(event) => onChange(event.target.checked ? { ...asked, refine: true } : drop('refine'))} />
        Use all of the time
        <span className={own['hint']}>When the list of configurations is through, Optuna and FLAML vary the best. Without, the search ends then.</span>
      </label>
      <TextField
        label="Name of the model"
        value={asked.model ?? ''}
        placeholder={dataset && target ? `${dataset}-${target}` : ''}
        hint="The winner becomes a version of it."
        maxLength={120}
        onChange={({ target: { value } }) => (value ? change({ model: value }) : onChange(drop('model')))}
      />
      {error !== null && wrong(...AT_FIELDS) === null && <ProblemPanel error={error} />}
      <ActionButton permission="job:submit" look="primary" type="submit" icon={<Play />} disabled={!dataset || !target || busy}>
        Start the search
      </ActionButton>
    </form>
  )
}

/** The column that was said, or the one that is likely meant. */
export function targetOf({ target }: AutomlSearch, columns: Props['columns']): string {
  return columns.some(({ name }) => name === target) ? (target ?? '') : likelyTarget(columns)
}

/** The server's words at the field that they are about. */
function wrongBy(error: unknown): (...codes: string[]) => string | null {
  return (...codes) => (error instanceof ApiError && codes.includes(error.code) ? error.message : null)
}
