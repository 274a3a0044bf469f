import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, expectAccessible, test } from './maestro'

const DATA = join(import.meta.dirname, '../../examples/data')

test('a data set: its profile, what correlates, any row, its versions and what came of it', async ({ admin, api }) => {
  const boston = readFileSync(join(DATA, 'boston.csv'), 'utf8')
  const few = boston.split('\n').slice(0, 200).join('\n')
  for (const data of [few, boston]) {
    const sent = await api.post('/api/v1/datasets/upload?name=houses&filename=houses.csv', { data: Buffer.from(data), headers: { 'Content-Type': 'application/octet-stream' } })
    expect(sent.ok()).toBe(true)
  }
  await admin.goto('/datasets?q=hous')
  await admin.getByLabel('Order').selectOption('rows')
  await expect(admin).toHaveURL(/order=rows/)
  await admin.getByRole('link', { name: 'houses' }).click()
  await expect(admin.getByRole('region', { name: 'medv' })).toBeVisible()
  await expect(admin.getByText('MaestroClient("http://127.0.0.1')).toBeVisible()

  await admin.getByRole('link', { name: 'Correlations' }).click()
  await expect(admin.getByTitle('rad and tax: 0.91')).toBeVisible()
  await expectAccessible(admin)

  await admin.getByRole('link', { name: 'Rows' }).click()
  await admin.getByLabel('Go to row').fill('505')
  await admin.getByLabel('Go to row').press('Enter')
  await expect(admin.getByText('505–506 of 506')).toBeVisible()
  await expect(admin).toHaveURL(/from=504/)
  await expectAccessible(admin)

  await admin.getByRole('link', { name: 'Versions' }).click()
  await admin.getByLabel('Compare version 1').check()
  await admin.getByLabel('Compare version 2').check()
  await admin.getByRole('button', { name: 'Compare 1 and 2' }).click()
  await expect(admin.getByRole('table', { name: 'Columns of both versions' })).toBeVisible()
  await expectAccessible(admin)

  await admin.getByRole('link', { name: 'Lineage' }).click()
  await expect(admin.getByText('Nothing has used this data set yet')).toBeVisible()
  await admin.getByRole('button', { name: 'More' }).click()
  await admin.getByRole('menuitem', { name: 'Describe' }).click()
  await admin.getByLabel('Description').fill('Prices of houses')
  await admin.getByRole('button', { name: 'Save' }).click()
  await expect(admin.getByText('Prices of houses')).toBeVisible()
  await admin.getByRole('button', { name: 'More' }).click()
  await admin.getByRole('menuitem', { name: 'Delete' }).click()
  await expect(admin).toHaveURL(/\/datasets(\?|$)/)
  await expect(admin.getByRole('link', { name: 'houses', exact: true })).toHaveCount(0)
  await admin.getByRole('status').filter({ hasText: 'houses is in the trash.' }).getByRole('button', { name: 'Undo' }).last().click()
  await expect(admin.getByText('houses is back.')).toBeVisible()
  await admin.getByRole('button', { name: 'Delete houses' }).click()
  await expect(admin.getByRole('link', { name: 'houses', exact: true })).toHaveCount(0)
  await admin.getByLabel('Which').selectOption('trash')
  await expect(admin).toHaveURL(/view=trash/)
  await expectAccessible(admin)
  await admin.getByRole('button', { name: 'Restore houses' }).click()
  await admin.getByLabel('Which').selectOption('')
  await expect(admin.getByRole('link', { name: 'houses', exact: true })).toBeVisible()
  await admin.getByRole('button', { name: 'Delete houses' }).click()
  await admin.getByLabel('Which').selectOption('trash')
  await admin.getByRole('button', { name: 'Delete houses for ever' }).click()
  await admin.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(admin.getByText(/houses is gone; .* are free/)).toBeVisible()
  await expect(admin.getByText('The trash is empty')).toBeVisible()
})

test('a large upload that is cut goes on where it stopped, after a reload, too', async ({ admin }) => {
  const line = '1234567,somebody somewhere,12.5\n'
  const table = Buffer.from(`number,name,value\n${line.repeat(Math.ceil((26 * 2 ** 20) / line.length))}`)
  const file = test.info().outputPath('big.csv')
  writeFileSync(file, table)
  let parts = 0
  await admin.route('**/api/v1/uploads/*/parts/*', (route) => (++parts > 2 ? route.abort('connectionreset') : route.continue()))
  const send = async () => {
    await admin.goto('/datasets')
    await admin.getByRole('button', { name: 'Upload a table' }).first().click()
  }
  await send()
  await admin.getByLabel(/Drop a file here/).setInputFiles(file)
  await admin.getByRole('button', { name: 'Upload', exact: true }).click()
  await expect(admin.getByText('The server does not answer.')).toBeVisible()

  await send()
  await expect(admin.getByText('big.csv (27.3 MB) stopped on its way')).toBeVisible()
  await admin.unroute('**/api/v1/uploads/*/parts/*')
  const sent: string[] = []
  admin.on('request', (request) => {
    if (request.method() === 'PUT' && request.url().includes('/parts/')) sent.push(request.url().split('/').at(-1) ?? '')
  })
  await admin.getByLabel(/Drop a file here/).setInputFiles(file)
  await admin.getByRole('button', { name: 'Upload', exact: true }).click()
  await expect(admin.getByRole('heading', { name: 'big', level: 1 })).toBeVisible({ timeout: 45_000 })
  expect(sent).toEqual(['3', '4'])
})

test('a file that is not what its name says is named as what it is', async ({ admin }) => {
  await admin.goto('/datasets')
  await admin.getByRole('button', { name: 'Upload a table' }).first().click()
  const picture = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), Buffer.alloc(2000)])
  await admin.getByLabel(/Drop a file here/).setInputFiles({ name: 'table.csv', mimeType: 'text/csv', buffer: picture })
  await admin.getByRole('button', { name: 'Upload', exact: true }).click()
  await expect(admin.getByText('dataset.unsupported_file')).toBeVisible()
})
