import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import type { APIRequestContext, Page } from '@playwright/test'

import { expect, expectAccessible, test } from './maestro'

const TABLE = readFileSync(join(import.meta.dirname, '../../examples/data/titanic.csv'))
const ROUTES = readFileSync(join(import.meta.dirname, '../src/app/routes.tsx'), 'utf8')

async function json<Body>(answer: Promise<{ json: () => Promise<unknown> }>): Promise<Body> {
  return (await (await answer).json()) as Body
}

/** Something on every page; the addresses by the routes that they are of. */
async function fill(api: APIRequestContext): Promise<Record<string, string[]>> {
  const name = `everywhere ${Date.now()}`
  const { id: experiment } = await json<{ id: number }>(api.post('/api/v1/experiments', { data: { name } }))
  const runs: string[] = []
  for (let index = 0; index < 4; index += 1) {
    const tags = { 'mlflow.note.content': '# A note\n\nwith [a link](https://example.com)' }
    const { id } = await json<{ id: string }>(api.post('/api/v1/runs', { data: { experiment_id: experiment, name: `run ${index}`, params: { lr: `0.${index + 1}`, model: 'lgbm' }, tags } }))
    const metrics = Array.from({ length: 30 }, (_, step) => ({ key: step % 2 ? 'loss' : 'auc', value: 1 / (step + index + 1), step }))
    await api.post(`/api/v1/runs/${id}/log-batch`, { data: { metrics } })
    await api.put(`/api/v1/runs/${id}/artifacts/report/table.csv`, { data: Buffer.from('a,b\n1,2\n') })
    if (index > 0) await api.patch(`/api/v1/runs/${id}`, { data: { status: 'finished' } })
    runs.push(id)
  }
  const dataset = `everywhere-${Date.now()}`
  await api.post(`/api/v1/datasets/upload?name=${dataset}&filename=titanic.csv`, { data: TABLE })
  const job = await json<{ id?: string; job_id?: string }>(api.post('/api/v1/automl/jobs', { data: { dataset_id: dataset, target: 'survived', time_budget: 10, max_trials: 2 } }))
  const jobId = job.id ?? job.job_id ?? ''
  const state = async () => (await json<{ state: string }>(api.get(`/api/v1/jobs/${jobId}`))).state
  await expect.poll(state, { timeout: 90_000 }).toBe('succeeded')
  const deployment = `everywhere-${Date.now()}`
  await api.post(`/api/v1/automl/jobs/${jobId}/deploy`, { data: { name: deployment } })
  const { items: models } = await json<{ items: { name: string }[] }>(api.get(`/api/v1/models?search=${dataset}`))
  const model = encodeURIComponent(models[0]?.name ?? '')
  const [first] = runs
  return {
    '/experiments/$experimentId': [`/experiments/${experiment}`],
    '/compare': [`/compare?runs=${encodeURIComponent(JSON.stringify(runs))}`],
    '/runs/$runId': ['', '?tab=charts', '?tab=artifacts&file=report/table.csv', '?tab=children'].map((tab) => `/runs/${first}${tab}`),
    '/datasets/$dataset': ['', '?tab=preview', '?tab=versions'].map((tab) => `/datasets/${dataset}${tab}`),
    '/automl/new': [`/automl/new?dataset=${dataset}`],
    '/automl/$jobId': [`/automl/${jobId}`],
    '/models/$name': [`/models/${model}`],
    '/models/$name/$version': [`/models/${model}/1`],
    '/deployments/$name': [`/deployments/${deployment}`],
    '/jobs/$jobId': [`/jobs/${jobId}`],
  }
}

async function look(page: Page, path: string, wrong: string[]): Promise<void> {
  await page.goto(path)
  await expect(page.getByRole('heading', { level: 1 }).first(), path).toBeVisible()
  await expect(page.getByRole('status', { name: 'Loading' }), path).toHaveCount(0)
  await expectAccessible(page).catch((error: Error) => wrong.push(`${path}: ${error.message.slice(0, 800)}`))
  const width = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  if (width > 0) wrong.push(`${path}: ${width} px wider than the window`)
}

test('every route, full: a desktop in the dark and a phone in the light', async ({ admin, api }) => {
  test.setTimeout(300_000)
  const filled = await fill(api)
  const routes = [...ROUTES.matchAll(/\.\.\.at\('([^']+)'\)/g)].map(([, route = '']) => route)
  expect(routes.length).toBeGreaterThan(15)
  const paths = routes.flatMap((route) => filled[route] ?? [route])
  // A new route with a parameter needs an address above.
  expect(paths.filter((path) => path.includes('$'))).toEqual([])
  const wrong: string[] = []
  for (const [colorScheme, width, height] of [['dark', 1440, 900], ['light', 360, 760]] as const) {
    await admin.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await admin.setViewportSize({ width, height })
    for (const path of paths) await test.step(`${colorScheme} ${path}`, () => look(admin, path, wrong))
  }
  expect(wrong).toEqual([])
})
