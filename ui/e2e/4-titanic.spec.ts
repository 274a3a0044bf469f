import { join } from 'node:path'

import { expect, expectAccessible, test } from './maestro'

const TABLE = join(import.meta.dirname, '../../examples/data/titanic.csv')

test('from a file to a prediction without the command line', async ({ admin }) => {
  test.setTimeout(180_000)
  await admin.goto('/automl/new')
  await admin.getByRole('button', { name: 'Upload another' }).click()
  await admin.getByLabel(/Drop a file here/).setInputFiles(TABLE)
  await admin.getByRole('button', { name: 'Upload', exact: true }).click()

  await expect(admin.getByLabel('Column to predict')).toHaveValue('survived')
  await expect(admin.getByText(/Classification: a whole number with only 2/)).toBeVisible()
  await expect(admin.getByRole('region', { name: 'age' })).toBeVisible()
  await expectAccessible(admin)
  await admin.getByRole('radio', { name: /^20 s/ }).check()
  await admin.getByRole('button', { name: 'Start the search' }).click()

  await expect(admin.getByRole('table', { name: 'Leaderboard so far' })).toBeVisible({ timeout: 60_000 })
  await expect(admin.getByRole('img', { name: /^\d+ trials? over/ })).toBeVisible()
  await expect(admin.getByRole('region', { name: 'Winner' })).toBeVisible({ timeout: 90_000 })
  await expect(admin.getByRole('region', { name: 'Why this start' })).toContainText(/\d+ past searches/)
  await expect(admin.getByRole('list', { name: 'Time by family' })).toContainText('LightGBM')
  await expect(admin.getByRole('table', { name: /Confusion matrix/ })).toBeVisible()
  for (const plot of [/^ROC/, /^Precision and recall/, /^Calibration/]) await expect(admin.getByRole('img', { name: plot })).toBeVisible()
  await expectAccessible(admin)

  await admin.getByRole('button', { name: 'Set an alias' }).click()
  await admin.getByRole('dialog').getByRole('button', { name: 'Set the alias' }).click()
  await expect(admin.getByText('titanic-survived@champion is version 1 now.')).toBeVisible()
  await admin.getByRole('button', { name: 'Deploy' }).click()
  await admin.getByRole('dialog').getByRole('button', { name: 'Deploy' }).click()
  await admin.getByRole('link', { name: 'Try it' }).click({ timeout: 60_000 })

  await admin.getByLabel('age').fill('8')
  await admin.getByLabel('gender').selectOption('female')
  await admin.getByRole('button', { name: 'Predict' }).click()
  await expect(admin.getByRole('list', { name: 'Probabilities' })).toBeVisible()
  await expectAccessible(admin)
  await admin.getByRole('button', { name: 'As JSON' }).click()
  await admin.getByLabel('Rows').fill('[{"age": }]')
  await expect(admin.getByRole('button', { name: 'Predict' })).toBeDisabled()
  await admin.getByLabel('Rows').fill('[{"nonsense": 1}]')
  await admin.getByRole('button', { name: 'Predict' }).click()
  await expect(admin.getByText(/serving\.column_/)).toBeVisible()
  await expectAccessible(admin)

  await admin.goto('/automl/ledger')
  await admin.getByRole('button', { name: 'Forget survived of titanic@1' }).click()
  await admin.getByRole('dialog').getByRole('button', { name: 'Forget', exact: true }).click()
  await expect(admin.getByText('survived of titanic@1 is forgotten.')).toBeVisible()
  await expect(admin.getByRole('button', { name: 'Forget survived of titanic@1' })).toHaveCount(0)

  for (const path of ['/', '/datasets/titanic', '/datasets/titanic?tab=preview', '/datasets/titanic?tab=lineage', '/models/titanic-survived', '/models/titanic-survived/1', '/jobs', '/admin/audit']) {
    await admin.goto(path)
    await expect(admin.getByRole('status', { name: 'Loading' })).toHaveCount(0)
    await expectAccessible(admin)
  }
})
