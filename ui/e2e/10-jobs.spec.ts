import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import type { APIRequestContext } from '@playwright/test'

import { expect, expectAccessible, logIn, test } from './maestro'

const TABLE = readFileSync(join(import.meta.dirname, '../../examples/data/titanic.csv'))

/** A search that does not end by itself while a journey lasts. */
async function beginSearch(api: APIRequestContext): Promise<string> {
  const uploaded = await api.post('/api/v1/datasets/upload?name=jobs-titanic&filename=titanic.csv', {
    data: TABLE,
    headers: { 'Content-Type': 'application/octet-stream' },
  })
  expect([200, 201, 409]).toContain(uploaded.status())
  const body = { dataset_id: 'jobs-titanic', target: 'survived', time_budget: 600 }
  const submitted = await api.post('/api/v1/automl/jobs', { data: body })
  expect(submitted.status()).toBe(202)
  return ((await submitted.json()) as { job_id: string }).job_id
}

test('a search is watched, cancelled, told of, and done again', async ({ admin, api }) => {
  test.setTimeout(120_000)
  const id = await beginSearch(api)
  await admin.goto('/jobs?state=running')
  const row = admin.getByRole('row', { name: /AutoML search/ }).first()
  await expect(row).toBeVisible({ timeout: 60_000 })
  await admin.goto('/')
  await expect(admin.getByRole('region', { name: 'Running now' })).toContainText('AutoML search')
  await admin.goto(`/jobs/${id}`)
  const log = admin.getByRole('log', { name: 'Log' })
  await expect(log.getByRole('listitem').first()).toBeVisible({ timeout: 60_000 })
  const line = (await log.getByRole('listitem').first().textContent()) ?? ''
  const word = line.match(/[a-z]{3,}/i)?.[0] ?? ''
  await admin.getByLabel('Find in the log').fill(word)
  await expect(admin.getByRole('status').filter({ hasText: /^1 of \d+$/ })).toBeVisible()
  await expect(log.locator('mark[aria-current]')).toHaveText(new RegExp(word, 'i'))
  await expectAccessible(admin)
  const saved = admin.waitForEvent('download')
  await admin.getByRole('button', { name: 'Save' }).click()
  expect(readFileSync(await (await saved).path(), 'utf8')).toContain(line)

  await admin.getByRole('button', { name: 'Cancel' }).click()
  await expect(admin.getByRole('button', { name: 'Retry' })).toBeVisible({ timeout: 30_000 })
  await admin.getByRole('button', { name: 'Retry' }).click()
  await expect(admin.getByText('This does again what')).toBeVisible()
  await admin.getByRole('link', { name: 'an earlier job' }).click()
  await expect(admin.getByText(/It was retried/)).toBeVisible()
  await admin.getByRole('link', { name: 'retried' }).click()
  await admin.getByRole('button', { name: 'Cancel' }).click()
  await expect(admin.getByRole('button', { name: 'Retry' })).toBeVisible({ timeout: 30_000 })
})

test('the end of a job of mine is told, and read', async ({ admin, api }) => {
  await expect(admin.getByRole('heading', { level: 1 })).toBeVisible()
  await api.post('/api/v1/runs/purge', { data: { older_than_days: 3650 } })
  await admin.reload()
  const bell = admin.getByRole('button', { name: /^Notifications/ })
  await expect(bell).toHaveAccessibleName(/unread/)
  await bell.click()
  await expect(admin.getByText('Emptying the trash has succeeded').first()).toBeVisible()
  // What it covers a part of cannot be reached while it is open.
  await expectAccessible(admin, '[role="dialog"]')
  await admin.getByRole('button', { name: 'Mark all read' }).click()
  await expect(admin.getByRole('button', { name: 'Mark all read' })).toHaveCount(0)
  await admin.keyboard.press('Escape')
  await expect(bell).toHaveAccessibleName('Notifications')
  await admin.reload()
  await expect(bell).toHaveAccessibleName('Notifications')
})

test('filters are in the address, and a viewer is told who may cancel', async ({ page, api }) => {
  await api.post(`/api/v1/jobs/${await beginSearch(api)}/cancel`)
  const email = `vic-${Date.now()}@example.com`
  await api.post('/api/v1/users', { data: { email, role: 'viewer', password: 'correct horse' } })
  await logIn(page, email, 'correct horse')
  await page.goto('/jobs')
  await page.getByLabel('Kind').selectOption('tracking.purge')
  await page.getByLabel('State').selectOption('failed')
  await page.getByLabel('Mine').check()
  await expect(page).toHaveURL(/kind=tracking.purge/)
  await expect(page.getByText('No such job')).toBeVisible()
  await page.getByRole('link', { name: 'Show all jobs' }).click()
  const retry = page.getByRole('button', { name: 'Retry' }).first()
  await retry.click({ force: true })
  await expect(page.getByText('it needs job:submit, which comes with the role data scientist')).toBeVisible()
})
