import { expect, expectAccessible, test } from './maestro'

test('the ledger says that it is too early, and what happens next', async ({ admin }) => {
  await admin.goto('/automl')
  await admin.getByRole('link', { name: 'Value ledger' }).click()
  await expect(admin.getByRole('region', { name: /^Too early: \d+ of \d+ cold starts/ })).toBeVisible()
  await expect(admin.getByRole('progressbar', { name: 'warm starts' })).toBeVisible()
  await admin.getByText('How it is counted').click()
  await expect(admin.getByText(/within one standard error of the best/)).toBeVisible()
  await expectAccessible(admin)
})

test('a form in the address can be sent to somebody', async ({ admin, api }) => {
  const uploaded = await api.post('/api/v1/datasets/upload', { params: { name: 'asked', filename: 'a.csv' }, data: `x,shop,y\n${Array.from({ length: 40 }, (_, row) => `${row},${row % 4},${row % 2}`).join('\n')}\n`, headers: { 'Content-Type': 'text/csv' } })
  expect(uploaded.ok(), await uploaded.text()).toBe(true)
  await admin.goto('/automl/new?dataset=asked&target=y&group=shop&budget=90&memory=false')
  await expect(admin.getByLabel('Column to predict')).toHaveValue('y')
  await expect(admin.getByLabel('Groups are in')).toHaveValue('shop')
  await expect(admin.getByLabel('Minutes')).toHaveValue('1.5')
  await expect(admin.getByLabel(/^Begin with what earlier/)).not.toBeChecked()
  await admin.getByLabel('Score').selectOption('accuracy')
  await expect(admin).toHaveURL(/metric=accuracy/)
  await expect(admin.getByText(/saying “never” looks good/)).toBeVisible()
  await expectAccessible(admin)
})
