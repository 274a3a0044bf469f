import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import type { APIRequestContext } from '@playwright/test'

import { expect, expectAccessible, logIn, test } from './maestro'

const TABLE = readFileSync(join(import.meta.dirname, '../../examples/data/titanic.csv'))

/** A small model that answers under this name. */
async function deploy(api: APIRequestContext, name: string): Promise<void> {
  await api.post(`/api/v1/datasets/upload?name=${name}&filename=titanic.csv`, { data: TABLE })
  const search = { dataset_id: name, target: 'survived', time_budget: 10, max_trials: 1 }
  const { job_id: id } = (await (await api.post('/api/v1/automl/jobs', { data: search })).json()) as { job_id: string }
  const state = async () => ((await (await api.get(`/api/v1/jobs/${id}`)).json()) as { state: string }).state
  await expect.poll(state, { timeout: 90_000 }).toBe('succeeded')
  const deployed = await api.post(`/api/v1/automl/jobs/${id}/deploy`, { data: { name } })
  expect(deployed.ok(), await deployed.text()).toBe(true)
}

test('a deployment is stopped, started, listened to and deleted', async ({ admin, api, browser }) => {
  test.setTimeout(150_000)
  const name = `paused-${Date.now()}`
  await deploy(api, name)
  await admin.goto(`/deployments/${name}`)
  const log = admin.getByRole('log', { name: 'Log' })
  await expect(log).toContainText(/gateway\s+Loaded in .* as process \d+/)
  await expect(admin.getByRole('button', { name: 'Predict' })).toBeVisible()
  await expectAccessible(admin)

  await admin.getByRole('button', { name: 'Stop' }).click()
  await expect(admin.getByText('Stopped', { exact: true })).toBeVisible()
  await expect(admin.getByText(/its process has ended/)).toBeVisible()
  await expect(log).toContainText('Unloaded: process')
  expect((await api.post(`/api/v1/deployments/${name}/predict`, { data: { inputs: [{}] } })).status()).toBe(409)
  await expectAccessible(admin)
  await admin.goto('/deployments')
  await expect(admin.getByRole('row', { name: new RegExp(name) })).toContainText('Stopped')

  await admin.getByRole('link', { name }).click()
  await admin.getByRole('button', { name: 'Start' }).click()
  await expect(admin.getByText('Ready', { exact: true })).toBeVisible({ timeout: 30_000 })
  await expect(admin.getByRole('button', { name: 'Predict' })).toBeVisible()
  await admin.getByRole('button', { name: 'Stop' }).click()
  await admin.getByRole('status').filter({ hasText: 'is stopped' }).getByRole('button', { name: 'Undo' }).click()
  await expect(admin.getByText('Ready', { exact: true })).toBeVisible({ timeout: 30_000 })
  await expect(log).toContainText(/Loaded in[^]*Unloaded[^]*Loaded in/)
  const saved = admin.waitForEvent('download')
  await admin.getByRole('button', { name: 'Save' }).click()
  expect(readFileSync(await (await saved).path(), 'utf8').match(/Loaded in/g)?.length).toBeGreaterThan(1)

  const email = `dora-${Date.now()}@example.com`
  await api.post('/api/v1/users', { data: { email, role: 'viewer', password: 'correct horse' } })
  const other = await browser.newContext()
  const viewer = await other.newPage()
  await logIn(viewer, email, 'correct horse')
  await viewer.goto(`/deployments/${name}`)
  await viewer.getByRole('button', { name: 'Stop' }).click({ force: true })
  await expect(viewer.getByText('it needs deployment:write')).toBeVisible()
  await expect(viewer.getByRole('log', { name: 'Log' })).toContainText('Loaded in')
  await other.close()

  await admin.getByRole('button', { name: 'Delete' }).click()
  await admin.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(admin.getByText(`${name} is gone.`)).toBeVisible()
  await expect(admin).toHaveURL(/\/deployments$/)
})
