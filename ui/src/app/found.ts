/** What the palette finds: pages and actions at once, things by their names or ids as the server knows them. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Boxes, BriefcaseBusiness, Database, FlaskConical, History, Play, Rocket, type LucideIcon } from 'lucide-react'
import { useDeferredValue } from 'react'

import { useMe, type Permission } from '@/access'
import { api, data, type Schema } from '@/api'
import { kindName } from '@/features/jobs'

import { useActions } from './actions'
import { ADMINISTRATION, SETTINGS, WORK } from './places'
import { readVisits } from './recent'

export interface Found {
  key: string
  name: string
  /** What it is, and where it lies. */
  kind: string
  icon: LucideIcon
  go: () => void
}

type Hit = Schema['Hit']
type Navigate = ReturnType<typeof useNavigate>

export function useFound(text: string, showShortcuts: () => void): Found[] {
  const navigate = useNavigate()
  const me = useMe()
  const wanted = useDeferredValue(text.trim())
  const actions = useActions(showShortcuts)
  const hits = useQuery({
    queryKey: ['search', wanted],
    queryFn: async ({ signal }) => (await data(api.GET('/api/v1/search', { params: { query: { q: wanted } }, signal }))).items,
    enabled: wanted.length > 0,
    placeholderData: keepPreviousData,
  })
  const may = ({ permission }: { permission?: Permission }) => permission === undefined || me?.permissions.includes(permission)
  const fits = ({ name }: { name: string }) => name.toLowerCase().includes(wanted.toLowerCase())
  const pages = [...WORK, ...ADMINISTRATION, SETTINGS]
    .filter((place) => may(place) && fits(place))
    .map(({ to, name, icon }) => ({ key: to, name, icon, kind: 'Page', go: () => void navigate({ to }) }))
  const doable = actions
    .filter((action) => may(action) && fits(action))
    .map(({ name, icon, run }) => ({ key: name, name, icon, kind: 'Action', go: run }))
  if (!wanted) return [...recent(me?.tenant.id, navigate), ...pages, ...doable]
  return [...pages, ...(hits.data ?? []).map((hit) => toFound(hit, navigate)), ...doable]
}

function recent(tenant: string | undefined, navigate: Navigate): Found[] {
  return (tenant === undefined ? [] : readVisits(tenant)).map(({ path, name }) => ({
    key: `recent ${path}`,
    name,
    kind: 'Recent',
    icon: History,
    go: () => void navigate({ href: path }),
  }))
}

const LOOKS: Record<Hit['kind'], [string, LucideIcon]> = {
  run: ['Run', Play],
  experiment: ['Experiment', FlaskConical],
  model: ['Model', Boxes],
  dataset: ['Data set', Database],
  deployment: ['Deployment', Rocket],
  job: ['Job', BriefcaseBusiness],
}

function toFound({ kind, id, name, detail }: Hit, navigate: Navigate): Found {
  const [word, icon] = LOOKS[kind]
  return {
    key: `${kind} ${id}`,
    name: kind === 'job' ? kindName(name) : name,
    kind: detail ? `${word} · ${detail}` : word,
    icon,
    go: () => open(kind, id, navigate),
  }
}

/** Goes to the page of a thing. */
export function open(kind: Hit['kind'], id: string, navigate: Navigate): void {
  if (kind === 'run') void navigate({ to: '/runs/$runId', params: { runId: id } })
  else if (kind === 'experiment') void navigate({ to: '/experiments/$experimentId', params: { experimentId: id } })
  else if (kind === 'model') void navigate({ to: '/models/$name', params: { name: id } })
  else if (kind === 'dataset') void navigate({ to: '/datasets/$dataset', params: { dataset: id } })
  else if (kind === 'deployment') void navigate({ to: '/deployments/$name', params: { name: id } })
  else void navigate({ to: '/jobs/$jobId', params: { jobId: id } })
}
