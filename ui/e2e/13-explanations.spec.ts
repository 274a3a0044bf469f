import { readFileSync } from 'node:fs'

import { expect, expectAccessible, test } from './maestro'

interface Search {
  job_id: string
  status: string
}

test('a winner explains itself: what matters, how, for whom, and why a row', async ({ admin, api }) => {
  test.setTimeout(120_000)
  const table = readFileSync('../examples/data/iris.csv')
  const uploaded = await api.post('/api/v1/datasets/upload', { params: { name: 'explained', filename: 'iris.csv' }, data: table, headers: { 'Content-Type': 'text/csv' } })
  expect(uploaded.ok(), await uploaded.text()).toBe(true)
  const asked = await api.post('/api/v1/automl/jobs', { data: { dataset_id: 'explained', target: 'species', time_budget: 5, max_trials: 1, model_name: 'explained' } })
  const { job_id: id } = (await asked.json()) as Search
  await expect.poll(async () => ((await (await api.get(`/api/v1/automl/jobs/${id}`)).json()) as Search).status, { timeout: 50_000 }).toBe('succeeded')

  await admin.goto('/models/explained/1')
  const explanations = admin.getByRole('region', { name: 'Explanations' })
  await expect(explanations.getByRole('list', { name: 'Effect on predictions (SHAP)' })).toBeVisible({ timeout: 40_000 })
  await explanations.getByLabel('Column').selectOption('petal width (cm)')
  await expect(admin).toHaveURL(/column=petal/)
  await explanations.getByLabel('Groups by').selectOption('petal width (cm)')
  await expect(explanations.getByRole('list', { name: 'accuracy by petal width (cm)' })).toContainText('all rows')

  await explanations.getByLabel(/^Row of explained@1/).fill('3')
  await explanations.getByRole('button', { name: 'Explain this row' }).click()
  await expect(admin).toHaveURL(/row=3/)
  await expect(explanations.getByRole('list', { name: /^What speaks for/ })).toHaveCount(2, { timeout: 40_000 })
  await expect(explanations.getByText(/of the model’s answers around this row/)).toBeVisible()
  await explanations.getByRole('button', { name: 'The next row' }).click()
  await expect(admin).toHaveURL(/row=4/)
  await expectAccessible(admin)
})

test('a row that was typed is in the address, and is there after a reload', async ({ admin }) => {
  test.setTimeout(120_000)
  await admin.goto('/models/explained/1?typed=%7B%22petal+width+(cm)%22%3A%222.5%22%7D')
  const explanations = admin.getByRole('region', { name: 'Explanations' })
  const width = explanations.getByRole('spinbutton', { name: 'petal width (cm)' })
  await expect(width).toHaveValue('2.5')
  await expect(explanations.getByRole('list', { name: /^What speaks for/ }).first()).toContainText('petal width (cm) = 2.5', { timeout: 40_000 })
  await width.fill('0.1')
  await explanations.getByRole('button', { name: 'Explain', exact: true }).click()
  await expect(admin).toHaveURL(/typed=.*0\.1/)
  await admin.reload()
  await expect(explanations.getByRole('spinbutton', { name: 'petal width (cm)' })).toHaveValue('0.1')
  await expectAccessible(admin)
})
