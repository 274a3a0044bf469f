import { readFileSync } from 'node:fs'

import { expect, expectAccessible, logIn, test } from './maestro'

test('a member comes, gets another role, loses access and gets it back', async ({ admin, browser }) => {
  const email = `max-${Date.now()}@example.com`
  await admin.goto('/admin/users')
  await admin.getByRole('button', { name: 'Add a member' }).click()
  const dialog = admin.getByRole('dialog')
  await dialog.getByLabel('E-mail address').fill(email)
  await dialog.getByLabel('Role').selectOption('viewer')
  await dialog.getByLabel('Password').fill('correct horse')
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  const row = admin.getByRole('row', { name: new RegExp(email) })
  await row.getByLabel(`Role of ${email}`).selectOption('ml_engineer')
  await expect(admin.getByText(`${email}: ML engineer.`)).toBeVisible()
  await admin.getByRole('button', { name: 'Undo' }).click()
  await expect(row.getByLabel(`Role of ${email}`)).toHaveValue('viewer')

  await row.getByRole('button', { name: 'End the access' }).click()
  await expect(row).toContainText('no access')
  await row.getByRole('button', { name: 'Give', exact: false }).click()
  await expect(row).not.toContainText('no access')
  await row.getByRole('button', { name: 'Set another password' }).click()
  await admin.getByRole('dialog').getByLabel('New password').fill('battery staple')
  await admin.getByRole('button', { name: 'Set password' }).click()
  await expect(admin.getByRole('dialog')).toHaveCount(0)
  await expectAccessible(admin)

  const theirs = await (await browser.newContext()).newPage()
  await logIn(theirs, email, 'battery staple')
  await expect(theirs.getByRole('link', { name: 'Users' })).toHaveCount(0)
  await theirs.goto('/admin/users')
  await expect(theirs.getByRole('alert')).toContainText('user:read')
  await theirs.context().close()
})

test('the matrix of roles is that of the server', async ({ admin, api }) => {
  const { items } = (await (await api.get('/api/v1/roles')).json()) as { items: { role: string; permissions: string[] }[] }
  await admin.goto('/admin/roles')
  const may = items.reduce((sum, { permissions }) => sum + permissions.length, 0)
  await expect(admin.getByRole('img', { name: 'may' })).toHaveCount(may)
  await expectAccessible(admin)
})

test('an auditor finds a change, sees what it changed, checks the seals and takes all along', async ({ admin, api }) => {
  const user = { email: `eve-${Date.now()}@example.com`, role: 'viewer', kind: 'service' }
  const { id } = (await (await api.post('/api/v1/users', { data: user })).json()) as { id: string }
  await api.patch(`/api/v1/users/${id}/roles`, { data: { role: 'data_scientist' } })
  await admin.goto('/admin/audit')
  await admin.getByLabel('Its id').fill(id)
  await admin.getByLabel('Action').fill('identity.user')
  await expect(admin).toHaveURL(new RegExp(`subject_id=${id}`))
  await expect(admin.getByRole('row')).toHaveCount(3)
  await admin.getByRole('button', { name: 'identity.user.role_changed' }).click()
  const change = admin.getByRole('table', { name: 'What changed' })
  await expect(change.getByRole('row', { name: /role viewer data_scientist/ })).toBeVisible()
  await expectAccessible(admin)
  await admin.keyboard.press('Escape')
  await admin.getByRole('button', { name: 'Check the seals' }).click()
  await expect(admin.getByText(/All [\d,]+ seals fit/)).toBeVisible()
  await admin.getByRole('button', { name: 'Export' }).click()
  const saved = admin.waitForEvent('download')
  await admin.getByRole('menuitem', { name: /CSV/ }).click()
  const file = await saved
  expect(file.suggestedFilename()).toBe('audit.csv')
  const lines = readFileSync(await file.path(), 'utf8').trim().split('\n')
  expect(lines).toHaveLength(3)
  expect(lines[1]).toContain('identity.user.role_changed')
})

test('what lies in the trash is counted, and gone for good after a purge', async ({ admin, api }) => {
  const experiment = (await (await api.post('/api/v1/experiments', { data: { name: `trash ${Date.now()}` } })).json()) as { id: number }
  const run = (await (await api.post('/api/v1/runs', { data: { experiment_id: experiment.id } })).json()) as { id: string }
  await api.put(`/api/v1/runs/${run.id}/artifacts/big.bin`, { data: Buffer.alloc(50_000), headers: { 'Content-Type': 'application/octet-stream' } })
  await api.delete(`/api/v1/runs/${run.id}`)
  await admin.goto('/admin/storage')
  await expect(admin.getByRole('row', { name: /Files of runs/ })).toContainText('50.0 kB')
  await expectAccessible(admin)
  await admin.getByRole('button', { name: 'Empty trash of runs' }).click()
  await admin.getByLabel('What is in the trash').selectOption('0')
  await admin.getByRole('button', { name: 'Delete for good' }).click()
  await expect(admin.getByRole('dialog', { name: 'The trash is empty' })).toContainText('50.0 kB')
  await admin.keyboard.press('Escape')
  await expect(admin.getByRole('row', { name: /Files of runs/ })).toContainText('–')
  expect((await api.get(`/api/v1/runs/${run.id}`)).status()).toBe(404)
})

test('the operator sees how the installation is', async ({ admin }) => {
  await admin.goto('/admin/system')
  await expect(admin.getByRole('region', { name: 'Parts' })).toContainText(/Database.*Ready/)
  await expect(admin.getByRole('region', { name: 'Versions' })).toContainText('PostgreSQL')
  await expect(admin.getByRole('meter', { name: 'Disk used' })).toBeVisible()
  await expectAccessible(admin)
})

test('an administrator renames the organisation, finds where limits are set, and takes the name back', async ({ admin, api }) => {
  await admin.goto('/admin/organisation')
  const name = admin.getByLabel('Name of the organisation')
  await expect(name).toHaveValue('default')
  await expect(admin.getByRole('row', { name: /Largest upload/ })).toContainText('MAESTRO_UPLOAD_MAX_BYTES')
  await expectAccessible(admin)
  await name.fill('Default and co')
  await admin.getByRole('button', { name: 'Save' }).first().click()
  await expect(admin.getByRole('button', { name: /Default and co/ })).toBeVisible()
  const events = (await (await api.get('/api/v1/audit?action=identity.tenant.updated')).json()) as { items: { after: object }[] }
  expect(events.items[0]?.after).toEqual({ name: 'Default and co' })
  await admin.getByRole('button', { name: 'Undo' }).click()
  await expect(name).toHaveValue('default')
  await admin.getByLabel('What is deleted is kept').selectOption('30')
  await admin.getByRole('button', { name: 'Save' }).last().click()
  await expect(admin.getByText('The trash keeps what lies there for 30 days.')).toBeVisible()
  await admin.reload()
  await expect(admin.getByLabel('What is deleted is kept')).toHaveValue('30')
  await admin.getByLabel('What is deleted is kept').selectOption('0')
  await admin.getByRole('button', { name: 'Save' }).last().click()
  await expect(admin.getByText('until somebody empties it.')).toBeVisible()
})
