import { join } from 'node:path'

import { expect, expectAccessible, test } from './maestro'

const TABLE = join(import.meta.dirname, '../../examples/data/titanic.csv')

test('from a file to a prediction without the command line', async ({ admin }) => {
  test.setTimeout(150_000)
  await admin.getByRole('link', { name: 'Begin with a table' }).or(admin.getByRole('link', { name: 'AutoML' })).first().click()
  await admin.goto('/automl/new')
  await admin.getByRole('button', { name: 'Upload another' }).click()
  await admin.getByLabel(/Drop a file here/).setInputFiles(TABLE)
  await admin.getByRole('button', { name: 'Upload', exact: true }).click()

  await expect(admin.getByLabel('Column to predict')).toHaveValue('survived')
  await expect(admin.getByRole('region', { name: 'age' })).toBeVisible()
  await expectAccessible(admin)
  await admin.getByLabel('Time').selectOption('20')
  await admin.getByRole('button', { name: 'Start the search' }).click()

  await expect(admin.getByText('best so far')).toBeVisible({ timeout: 40_000 })
  await expect(admin.getByRole('region', { name: 'Winner' })).toBeVisible({ timeout: 90_000 })
  await expectAccessible(admin)
  await admin.getByRole('button', { name: 'Deploy' }).click()
  await admin.getByRole('dialog').getByRole('button', { name: 'Deploy' }).click()
  await admin.getByRole('link', { name: 'Try it' }).click({ timeout: 60_000 })

  await admin.getByLabel('age').fill('8')
  await admin.getByRole('button', { name: 'Predict' }).click()
  await expect(admin.getByRole('list', { name: 'Probabilities' })).toBeVisible()
  await expectAccessible(admin)
  for (const path of ['/', '/datasets/titanic', '/datasets/titanic?tab=preview', '/models/titanic-survived', '/models/titanic-survived/1', '/jobs', '/admin/audit']) {
    await admin.goto(path)
    await expect(admin.getByRole('status', { name: 'Loading' })).toHaveCount(0)
    await expectAccessible(admin)
  }
})
