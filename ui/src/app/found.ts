/** What the palette finds: pages at once, things by their names as the server knows them. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Boxes, Database, FlaskConical, Play, Rocket, type LucideIcon } from 'lucide-react'
import { useDeferredValue } from 'react'

import { fetchRaw, api, data, type Page, type Schema } from '@/api'

import { ADMINISTRATION, SETTINGS, WORK } from './places'

export interface Found {
  key: string
  name: string
  kind: string
  icon: LucideIcon
  go: () => void
}

type Navigate = ReturnType<typeof useNavigate>

const RUN_ID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i

export function useFound(text: string): Found[] {
  const navigate = useNavigate()
  const wanted = useDeferredValue(text.trim())
  const things = useQuery({
    queryKey: ['palette', wanted],
    queryFn: ({ signal }) => search(wanted, navigate, signal),
    enabled: wanted.length > 0,
    placeholderData: keepPreviousData,
  })
  const pages = [...WORK, ...ADMINISTRATION, SETTINGS]
    .filter(({ name }) => name.toLowerCase().includes(wanted.toLowerCase()))
    .map(({ to, name, icon }) => ({ key: to, name, icon, kind: 'Page', go: () => void navigate({ to }) }))
  return [...pages, ...(wanted ? (things.data ?? []) : [])]
}

async function search(text: string, navigate: Navigate, signal: AbortSignal): Promise<Found[]> {
  const query = { search: text, limit: 6 }
  const name = encodeURIComponent(text)
  const [experiments, models, datasets, deployments] = await Promise.all([
    fetchRaw(`/api/v1/experiments?limit=6&name=${name}`, signal).then(
      (answer) => answer.json() as Promise<Page<Schema['Experiment']>>,
    ),
    data(api.GET('/api/v1/models', { params: { query }, signal })),
    data(api.GET('/api/v1/datasets', { params: { query }, signal })),
    data(api.GET('/api/v1/deployments', { params: { query: { limit: 100 } }, signal })),
  ])
  const run = RUN_ID.test(text) ? [runFound(text, navigate)] : []
  return [
    ...run,
    ...experiments.items.map(({ id, name }) => ({
      key: `experiment-${id}`,
      name,
      kind: 'Experiment',
      icon: FlaskConical,
      go: () => void navigate({ to: '/experiments/$experimentId', params: { experimentId: String(id) } }),
    })),
    ...models.items.map(({ name }) => ({
      key: `model-${name}`,
      name,
      kind: 'Model',
      icon: Boxes,
      go: () => void navigate({ to: '/models/$name', params: { name } }),
    })),
    ...datasets.items.map(({ name }) => ({
      key: `dataset-${name}`,
      name,
      kind: 'Data set',
      icon: Database,
      go: () => void navigate({ to: '/datasets/$dataset', params: { dataset: name } }),
    })),
    ...deployments.items
      .filter(({ name }) => name.includes(text.toLowerCase()))
      .map(({ name }) => ({
        key: `deployment-${name}`,
        name,
        kind: 'Deployment',
        icon: Rocket,
        go: () => void navigate({ to: '/deployments/$name', params: { name } }),
      })),
  ]
}

function runFound(runId: string, navigate: Navigate): Found {
  const go = () => void navigate({ to: '/runs/$runId', params: { runId } })
  return { key: runId, name: `Run ${runId}`, kind: 'Run', icon: Play, go }
}
