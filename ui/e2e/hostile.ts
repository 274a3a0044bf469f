/** Writes every payload into everything that people can name, and tells which pages show it. */
import { expect, type APIRequestContext, type APIResponse } from '@playwright/test'

import { PAYLOADS } from './payloads'

export interface Visit {
  path: string
  /** What must stand on the page, as text. */
  texts: readonly string[]
}

const NOW = '2025-01-01T00:00:00Z'
const all = PAYLOADS.join('\n\n')
/** Models have no slash or colon in their names, and nothing that is not printed. */
const modelNames = PAYLOADS.filter((each) => /^[^/:\p{C}]+$/u.test(each))
const byKey = Object.fromEntries(PAYLOADS.map((each) => [each, each]))

async function ok<Body = { id: string }>(answer: Promise<APIResponse>): Promise<Body> {
  const { status, text } = await answer.then(async (each) => ({ status: each.status(), text: await each.text() }))
  expect(status, text).toBeLessThan(300)
  return (text ? JSON.parse(text) : {}) as Body
}

/** Fills the tenant, several requests at a time. */
export async function seedHostile(api: APIRequestContext): Promise<Visit[]> {
  const [runs, models, datasets, people] = await Promise.all([seedRuns(api), seedModels(api), seedDatasets(api), seedPeople(api)])
  return [...runs, ...models, ...datasets, ...people]
}

async function seedRuns(api: APIRequestContext): Promise<Visit[]> {
  const [first = ''] = PAYLOADS
  const name = `${first} ${Date.now()}`
  const { id } = await ok<{ id: number }>(api.post('/api/v1/experiments', { data: { name, tags: byKey } }))
  await ok(api.put(`/api/v1/experiments/${id}/note`, { data: { content: all } }))
  const runs = await Promise.all(
    PAYLOADS.map((text) => ok(api.post('/api/v1/runs', { data: { experiment_id: id, name: text, params: { 'a key': text }, tags: { 'a tag': text } } }))),
  )
  const names = [...PAYLOADS]
  const [run] = await Promise.all([seedFullRun(api, id), seedFullRun(api, id)])
  const several = encodeURIComponent(JSON.stringify(runs.slice(0, 10).map((each) => each.id)))
  return [
    { path: '/experiments', texts: [name] },
    { path: `/experiments/${id}`, texts: names.slice(-8) },
    { path: `/experiments/${id}?${new URLSearchParams({ filter: `params."a key" = '${PAYLOADS[8]?.replaceAll("'", '')}'` })}`, texts: [] },
    { path: `/experiments/${id}?${new URLSearchParams({ filter: `metrics.${PAYLOADS[8]} >> 1`, sort: PAYLOADS[9] ?? '', baseline: PAYLOADS[10] ?? '' })}`, texts: [] },
    { path: `/experiments/${id}?columns=${encodeURIComponent(JSON.stringify(PAYLOADS.map((each) => `params.${each}`)))}`, texts: [] },
    { path: `/compare?runs=${several}&all=true`, texts: names.slice(0, 10) },
    { path: `/runs/${run}`, texts: names },
    { path: `/runs/${run}?tab=charts`, texts: [] },
    ...FILES.map(([file]) => ({ path: `/runs/${run}?tab=artifacts&file=${encodeURIComponent(file)}`, texts: [] })),
    { path: `/runs/${run}?tab=artifacts`, texts: ['<img src=x onerror=hacked()>.txt'] },
    ...runs.slice(0, 3).map((each, index) => ({ path: `/runs/${each.id}`, texts: [names[index] ?? ''] })),
  ]
}

const TAGS = {
  'mlflow.source.name': '<img src=x onerror=hacked()>',
  'mlflow.source.git.repoURL': 'javascript:hacked()',
  'mlflow.source.git.commit': '<svg onload=hacked()>',
  'mlflow.user': '<img src=x onerror=hacked()>',
  'mlflow.project.entryPoint': 'javascript:hacked()',
}

const run = '<script>parent.hacked();top.hacked()</script>'
const page = `<!doctype html>${run}${all}<a target=_top href="javascript:hacked()">x</a><meta http-equiv=refresh content="0;url=/login">`
const FILES: [string, string][] = [
  ['page.html', page],
  ['drawing.svg', `<svg xmlns="http://www.w3.org/2000/svg" onload="parent.hacked()">${run}<foreignObject>x</foreignObject></svg>`],
  ['book.ipynb', JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [
    { cell_type: 'markdown', metadata: {}, source: [all] },
    { cell_type: 'code', metadata: {}, source: [all], execution_count: 1, outputs: [
      { output_type: 'display_data', metadata: {}, data: { 'text/html': [page], 'image/svg+xml': [`<svg xmlns="http://www.w3.org/2000/svg" onload="hacked()"/>`], 'application/javascript': 'hacked()' } },
      { output_type: 'error', ename: all, evalue: all, traceback: [all] },
    ] },
  ] })],
  ['table.csv', PAYLOADS.map((each) => `"${each.replaceAll('"', '""')}",1`).join('\n')],
  ['values.json', JSON.stringify({ ...byKey, all })],
  ['words.md', all],
  ['words.txt', all],
  ['not-a-picture.png', page],
  ['<img src=x onerror=hacked()>.txt', all],
]

/** A run whose params, tags, metrics, note and files are all hostile. */
async function seedFullRun(api: APIRequestContext, experiment: number): Promise<string> {
  const { id } = await ok(api.post('/api/v1/runs', { data: { experiment_id: experiment, name: all.slice(0, 200), params: byKey, tags: { ...byKey, ...TAGS } } }))
  const metrics = PAYLOADS.map((key) => ({ key, value: 1, step: 0 }))
  await Promise.all([
    ok(api.post(`/api/v1/runs/${id}/log-batch`, { data: { metrics } })),
    ok(api.put(`/api/v1/runs/${id}/note`, { data: { content: all } })),
    ...FILES.map(([file, content]) =>
      ok(api.put(`/api/v1/runs/${id}/artifacts/${encodeURIComponent(file)}`, { data: Buffer.from(content), headers: { 'Content-Type': 'text/html' } })),
    ),
  ])
  return id
}

async function seedModels(api: APIRequestContext): Promise<Visit[]> {
  for (const bad of ['<script>hacked()</script>', 'a:b']) expect((await api.post('/api/v1/models', { data: { name: bad } })).status()).toBeGreaterThanOrEqual(400)
  await Promise.all(modelNames.map((name) => api.post('/api/v1/models', { data: { name, description: all, tags: byKey } })))
  const [name = ''] = modelNames
  const dates = { created_at: NOW, updated_at: NOW }
  await ok(api.post('/api/v1/imports/models', { data: { name, description: all, tags: byKey, ...dates } }))
  const version = {
    model: name, version: 1, description: all, tags: byKey, aliases: [], stage: 'None', state: 'ready', created_by: PAYLOADS[8], run_id: '', run_link: 'javascript:hacked()', source: 'javascript:hacked()', logged_model_id: null, ...dates,
  }
  await ok(api.post('/api/v1/imports/model-versions', { data: version }))
  const refused = await api.put(`/api/v1/models/${encodeURIComponent(name)}/aliases/${encodeURIComponent('<b>')}`, { data: { version: 1 } })
  expect(refused.status()).toBeGreaterThanOrEqual(400)
  const at = `/models/${encodeURIComponent(name)}`
  return [
    { path: '/models', texts: modelNames },
    { path: at, texts: [name] },
    { path: `${at}/1`, texts: [name] },
    { path: `/models/${encodeURIComponent('<img src=x onerror=hacked()>-is-not-here')}`, texts: [] },
  ]
}

async function seedDatasets(api: APIRequestContext): Promise<Visit[]> {
  expect((await api.post('/api/v1/datasets', { data: { name: '<script>hacked()</script>' } })).status()).toBe(422)
  const name = `hostile-${Date.now()}`
  const cell = (text: string) => `"${text.replaceAll('"', '""')}"`
  const columns = PAYLOADS.slice(0, 20).map((each) => cell(each.replaceAll(/[\n\t]/g, ' ')))
  const rows = PAYLOADS.map((each) => columns.map(() => cell(each)).join(','))
  const query = new URLSearchParams({ name, filename: '<img src=x onerror=hacked()>.csv', description: all })
  await ok(api.post(`/api/v1/datasets/upload?${query}`, { data: Buffer.from([columns.join(','), ...rows].join('\n')) }))
  await ok(api.patch(`/api/v1/datasets/${name}`, { data: { tags: Object.fromEntries(Object.entries(byKey).slice(0, 40)) } }))
  const target = PAYLOADS[8] ?? ''
  const job = await api.post('/api/v1/automl/jobs', { data: { dataset_id: name, target, time_budget: 10, max_trials: 1 } })
  const started = job.ok() ? ((await job.json()) as { id?: string; job_id?: string }) : {}
  const id = started.id ?? started.job_id
  return [
    { path: '/datasets', texts: [name] },
    { path: `/datasets/${name}`, texts: ['<script>hacked()</script>'] },
    { path: `/datasets/${name}?tab=preview`, texts: ['<script>hacked()</script>'] },
    { path: `/datasets/${name}?tab=versions`, texts: [] },
    { path: `/automl/new?dataset=${name}`, texts: [] },
    { path: '/automl', texts: [] },
    ...(id ? [{ path: `/automl/${id}`, texts: [] }, { path: `/jobs/${id}`, texts: [] }] : []),
  ]
}

async function seedPeople(api: APIRequestContext): Promise<Visit[]> {
  const names = PAYLOADS.filter((each) => each.length <= 120).slice(0, 12)
  await Promise.all(
    names.map((name, index) => api.post('/api/v1/users', { data: { email: `<img/src=x/onerror=hacked()>${index}@x`, name, role: 'viewer', kind: 'person', password: 'correct horse' } })),
  )
  expect((await api.post('/api/v1/auth/api-keys', { data: { name: '<script>hacked()</script>' } })).status()).toBe(422)
  expect((await api.post('/api/v1/deployments', { data: { name: '<b>', model: 'none', version: 1 } })).status()).toBe(422)
  return [
    { path: '/admin/users', texts: ['<img/src=x/onerror=hacked()>0@x', names[0] ?? ''] },
    { path: '/admin/audit', texts: [] },
    { path: '/settings', texts: [] },
    { path: '/jobs', texts: [] },
    { path: '/deployments', texts: [] },
    { path: '/deployments/%3Cimg%20src=x%20onerror=hacked()%3E', texts: [] },
    { path: '/', texts: [] },
    { path: '/%3Cimg%20src=x%20onerror=hacked()%3E', texts: [] },
    { path: '/login?next=javascript:hacked()', texts: [] },
    { path: `/runs/${encodeURIComponent('<svg onload=hacked()>')}`, texts: [] },
  ]
}
