import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Play, Upload } from 'lucide-react'
import { useEffect, useState, type FormEvent } from 'react'

import { ActionButton } from '@/access'
import { Button, Card, Loaded, Page, ProblemPanel, SelectField, TextField } from '@/components'
import { datasetsQuery, ProfileTable, profileQuery, UploadDialog } from '@/features/datasets'

import { useStartSearch } from '../api'
import styles from '../components/automl.module.css'
import { SplitFields } from '../components/SplitFields'
import { likelyTarget, METRICS, reasonFor, taskOf } from '../metrics'

const route = getRouteApi('/inside/automl/new')
const BUDGETS: [number, string][] = [[20, '20 seconds, for a first look'], [60, '1 minute'], [300, '5 minutes'], [1800, '30 minutes'], [7200, '2 hours']]

export default function NewSearchPage() {
  const { dataset = '' } = route.useSearch()
  const move = route.useNavigate()
  const navigate = useNavigate()
  const datasets = useInfiniteQuery(datasetsQuery())
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = datasets
  const more = hasNextPage && !isFetchingNextPage && !isFetchNextPageError
  // Whoever chooses wants to see all of them.
  useEffect(() => {
    if (more) void fetchNextPage()
  }, [more, fetchNextPage])
  const profile = useQuery(profileQuery(dataset, 'latest'))
  const [uploading, setUploading] = useState(false)
  const [target, setTarget] = useState<string | null>(null)
  const start = useStartSearch()

  const columns = profile.data?.columns ?? []
  const chosen = columns.some(({ name }) => name === target) ? (target ?? '') : likelyTarget(columns)
  const column = columns.find(({ name }) => name === chosen)
  const usual = taskOf(column)
  const [said, setSaid] = useState<'classification' | 'regression' | null>(null)
  const task = said ?? usual
  const choose = (name: string) => void move({ search: name ? { dataset: name } : {}, replace: true })

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string) => String(form.get(name) ?? '').trim() || null
    start.mutate(
      {
        dataset_id: dataset,
        version: 'latest',
        target: chosen,
        task_type: said !== null && said !== usual ? said : 'auto',
        time_budget: Number(form.get('budget')),
        metric: text('metric'),
        model_name: text('model'),
        seed: 0,
        max_trials: null,
        group_column: text('group_column'),
        time_column: text('time_column'),
        warm_start: true,
      },
      { onSuccess: ({ job_id }) => void navigate({ to: '/automl/$jobId', params: { jobId: job_id } }) },
    )
  }
  const names = datasets.data?.pages.flatMap(({ items }) => items.map(({ name }) => name)) ?? []
  const listed = dataset && !names.includes(dataset) ? [dataset, ...names] : names
  return (
    <Page title="Find the best model" crumbs={[<Link key="up" to="/automl">AutoML</Link>]}>
      <form className={styles['form']} onSubmit={submit}>
        <Card>
          <div className={styles['fields']}>
            <SelectField label="Table" required value={dataset} onChange={(event) => choose(event.target.value)}>
              <option value="">Choose a data set</option>
              {listed.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </SelectField>
            <Button icon={<Upload />} onClick={() => setUploading(true)}>
              Upload another
            </Button>
            <SelectField label="Column to predict" required value={chosen} disabled={columns.length === 0} onChange={(event) => {
                setTarget(event.target.value)
                setSaid(null)
              }} hint={usual === task ? reasonFor(column) : `Taken for ${task}, because you said so.`}>
              {columns.map(({ name, type }) => (
                <option key={name} value={name}>{`${name} (${type})`}</option>
              ))}
            </SelectField>
            {column && (column.type === 'integer' || column.type === 'float') && (
              <SelectField label="Task" value={task} onChange={(event) => setSaid(event.target.value === 'regression' ? 'regression' : 'classification')}>
                <option value="classification">Classes</option>
                <option value="regression">A quantity</option>
              </SelectField>
            )}
            <SelectField key={task} label="Score" name="metric">
              {METRICS[task].map(([value, label]) => (
                <option key={value} value={value}>{label}</option>
              ))}
            </SelectField>
            <SelectField label="Time" name="budget" defaultValue="60" hint="It never takes longer; you can stop it earlier and keep the best so far.">
              {BUDGETS.map(([value, label]) => (
                <option key={value} value={value}>{label}</option>
              ))}
            </SelectField>
            <SplitFields key={dataset} columns={columns.filter(({ name }) => name !== chosen)} />
            <TextField label="Name of the model" name="model" placeholder={dataset && chosen ? `${dataset}-${chosen}` : ''} hint="The winner becomes a version of it." maxLength={120} />
            {start.error && <ProblemPanel error={start.error} />}
            <ActionButton permission="job:submit" look="primary" type="submit" icon={<Play />} disabled={!dataset || !chosen || start.isPending}>
              Start the search
            </ActionButton>
          </div>
        </Card>
        <div className={styles['profile']}>
          {dataset ? (
            <Loaded query={profile}>{(loaded) => <ProfileTable profile={loaded} target={chosen} />}</Loaded>
          ) : (
            <Card>Choose a table to see what is in it.</Card>
          )}
        </div>
      </form>
      {uploading && (
        <UploadDialog
          onClose={() => setUploading(false)}
          onDone={({ dataset_name }) => {
            setUploading(false)
            choose(dataset_name)
          }}
        />
      )}
    </Page>
  )
}
