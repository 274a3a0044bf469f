import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import type { APIRequestContext } from '@playwright/test'

import { adminPassword, expect, expectAccessible, logIn, test } from './maestro'
import { ROOT } from './servers'

const NOW = Date.now()

async function startRun(api: APIRequestContext, experiment: string, name: string, more: object = {}): Promise<{ id: string; experiment: number }> {
  const found = await api.get(`/api/v1/experiments/by-name?name=${encodeURIComponent(experiment)}`)
  const { id } = (await (found.ok() ? found : await api.post('/api/v1/experiments', { data: { name: experiment } })).json()) as { id: number }
  const run = (await (await api.post('/api/v1/runs', { data: { experiment_id: id, name, ...more } })).json()) as { id: string }
  return { id: run.id, experiment: id }
}

/** MLflow's own client, which takes a step each time it is told to. */
const TRAINING = `
import sys
import mlflow
mlflow.set_experiment(sys.argv[1])
with mlflow.start_run(run_name="by MLflow's client"):
    mlflow.log_param("lr", 0.1)
    for step, _ in enumerate(sys.stdin):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
        print(step, flush=True)
`

test('a training script with MLflow’s own client is seen while it runs', async ({ admin, api, baseURL, apiKey }) => {
  const { experiment } = await startRun(api, `live ${NOW}`, 'the first')
  await admin.goto(`/experiments/${experiment}`)
  await expect(admin.getByRole('link', { name: 'the first' })).toBeVisible()

  const training = spawn(join(ROOT, '.venv/bin/python'), ['-c', TRAINING, `live ${NOW}`], {
    env: { ...process.env, MLFLOW_TRACKING_URI: baseURL, MLFLOW_TRACKING_TOKEN: apiKey, MLFLOW_DISABLE_TELEMETRY: 'true' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const logged = createInterface(training.stdout)[Symbol.asyncIterator]()
  const step = async () => {
    training.stdin.write('\n')
    await logged.next()
  }
  try {
    await step()
    // The table says that something has come, and shows it when it is asked to: no row jumps away.
    const row = admin.getByRole('row', { name: /by MLflow's client/ })
    await admin.getByRole('button', { name: /Show 1 new run/ }).or(row).first().click({ timeout: 30_000 })
    await expect(row).toContainText('Running')
    await step()
    await expect(row).toContainText('0.5')

    await admin.getByRole('link', { name: "by MLflow's client" }).click()
    const metrics = admin.getByRole('table', { name: 'Metrics' })
    await expect(metrics).toContainText('0.5')
    await step()
    await step()
    await expect(metrics).toContainText('0.25')
    training.stdin.end()
    await expect(admin.getByText('Finished').first()).toBeVisible()
  } finally {
    training.kill()
  }
})

test('a key of 250 emoji and a run of 10,000 params neither break nor slow a page', async ({ admin, api }) => {
  const key = '🦉'.repeat(250)
  const params = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`param ${index}`, String(index)]))
  const { id, experiment } = await startRun(api, `wide ${NOW}`, 'wide', { params })
  await api.post(`/api/v1/runs/${id}/log-batch`, { data: { metrics: [{ key, value: 0.25, step: 0 }, { key, value: 0.5, step: 1 }] } })
  await admin.setViewportSize({ width: 360, height: 760 })
  for (const path of [`/runs/${id}`, `/runs/${id}?tab=charts`, `/experiments/${experiment}`]) {
    const began = Date.now()
    await admin.goto(path)
    await expect(admin.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(admin.getByRole('status', { name: 'Loading' })).toHaveCount(0)
    expect(Date.now() - began, path).toBeLessThan(10_000)
    expect(await admin.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(360)
  }
  await admin.setViewportSize({ width: 1440, height: 900 })
  await admin.goto(`/runs/${id}`)
  await expect(admin.getByText(key.slice(0, 40)).first()).toBeVisible()
  await admin.getByRole('searchbox', { name: /Params/ }).fill('param 9999')
  await expect(admin.getByRole('table', { name: 'Params' }).getByText('9999', { exact: true })).toBeVisible()
  await admin.goto(`/experiments/${experiment}`)
  await admin.getByRole('button', { name: /Columns/ }).click()
  await expect(admin.getByRole('dialog')).toBeVisible()
  await expectAccessible(admin)
})

test('two tabs delete the same run, and neither is left with a puzzle', async ({ admin, api, context }) => {
  const { id } = await startRun(api, `twice ${NOW}`, 'twice')
  const other = await context.newPage()
  // Told of the other tab's click, this one would offer to restore before it is clicked itself.
  await other.routeWebSocket(/\/ws/, () => undefined)
  await admin.goto(`/runs/${id}`)
  await other.goto(`/runs/${id}`)
  await expect(other.getByRole('button', { name: 'Delete' })).toBeVisible()
  await Promise.all([admin, other].map((tab) => tab.getByRole('button', { name: 'Delete' }).click()))
  await expect(other.getByRole('button', { name: 'Restore' })).toBeVisible()
  await expect(admin.getByRole('button', { name: 'Restore' })).toBeVisible()
})

test('a filter that cannot be read says where, keeps the rows, and stays as it was typed', async ({ admin, api }) => {
  const { experiment } = await startRun(api, `filters ${NOW}`, 'the only one')
  await admin.goto(`/experiments/${experiment}`)
  await expect(admin.getByRole('link', { name: 'the only one' })).toBeVisible()
  const filter = admin.getByRole('combobox', { name: 'Filter of runs' })
  for (const wrong of ["metrics.loss >< 3", "params.x = 'open", "status = 'nothing such' or"]) {
    await filter.fill(wrong)
    await expect(admin).toHaveURL((url) => url.searchParams.get('filter') === wrong)
    await expect(admin.getByRole('alert'), wrong).toBeVisible()
    await expect(admin.getByRole('link', { name: 'the only one' })).toBeVisible()
    await expect(filter).toHaveValue(wrong)
  }
  await admin.reload()
  await expect(filter).toHaveValue("status = 'nothing such' or")
  await filter.fill('only')
  await expect(admin.getByRole('link', { name: 'the only one' })).toBeVisible()
  await expect(admin.getByRole('alert')).toHaveCount(0)
})

test('a file that is not what its name says is refused with what to do next', async ({ admin }) => {
  const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64')
  const files = [
    { name: 'picture.csv', mimeType: 'text/csv', buffer: png },
    { name: 'table.parquet', mimeType: 'application/octet-stream', buffer: Buffer.from('PAR1 is how one begins') },
    { name: 'packed.csv.gz', mimeType: 'application/gzip', buffer: Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]) },
    { name: 'empty.csv', mimeType: 'text/csv', buffer: Buffer.alloc(0) },
  ]
  await admin.goto('/datasets')
  await admin.getByRole('button', { name: /Upload/ }).first().click()
  for (const file of files) {
    await admin.getByRole('dialog').locator('input[type=file]').setInputFiles(file)
    await admin.getByRole('dialog').getByRole('button', { name: 'Upload', exact: true }).click()
    const alert = admin.getByRole('dialog').getByRole('alert')
    await expect(alert, file.name).toContainText(/dataset/)
    await expect(alert.locator('code')).toContainText('.')
  }
  await expectAccessible(admin)
})

test('a clock that is a day off logs in, stays logged in, and tells no nonsense', async ({ page, api }) => {
  const { experiment } = await startRun(api, `clock ${NOW}`, 'just now')
  for (const days of [1, -1]) {
    await page.clock.install({ time: new Date(NOW + days * 86_400_000) })
    await logIn(page)
    await page.goto(`/experiments/${experiment}`)
    await expect(page.getByRole('link', { name: 'just now' })).toBeVisible()
    await page.goto('/')
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(page.getByText(/NaN|Invalid|-\d+ (second|minute|hour|day)/)).toHaveCount(0)
  }
})

test('a session that has ended asks for a login, and goes on where it was', async ({ page, context, api }) => {
  const { experiment } = await startRun(api, `ended ${NOW}`, 'still here')
  await page.clock.install()
  await logIn(page)
  await page.goto(`/experiments/${experiment}?filter=still`)
  await expect(page.getByRole('link', { name: 'still here' })).toBeVisible()
  await context.clearCookies()
  await page.clock.fastForward('02:00:00')
  const lapse = page.getByRole('dialog', { name: 'Your session has ended' })
  await lapse.getByLabel('Password').fill(adminPassword())
  await lapse.getByRole('button', { name: 'Go on' }).click()
  await expect(lapse).toHaveCount(0)
  await expect(page.getByRole('link', { name: 'still here' })).toBeVisible()
  await expect(page.getByRole('combobox', { name: 'Filter of runs' })).toHaveValue('still')
})
