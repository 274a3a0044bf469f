import { adminPassword, endLogins, expect, expectAccessible, logIn, test } from './maestro'

test('anything is found by a part of its name, and offered again', async ({ admin, api }) => {
  const experiment = (await (await api.post('/api/v1/experiments', { data: { name: 'palette corner' } })).json()) as { id: number }
  const run = (await (
    await api.post('/api/v1/runs', { data: { experiment_id: experiment.id, name: 'cobalt-heron' } })
  ).json()) as { id: string }
  await admin.keyboard.press('Control+k')
  const search = admin.getByRole('combobox', { name: 'Search or jump to' })
  await search.fill('heron')
  await expect(admin.getByRole('option', { name: /cobalt-heron.*Run · palette corner/ })).toBeVisible()
  await search.fill(run.id.slice(0, 18))
  await admin.getByRole('option', { name: /cobalt-heron/ }).click()
  await expect(admin.getByRole('heading', { name: 'cobalt-heron', level: 1 })).toBeVisible()

  await admin.goto('/')
  await admin.keyboard.press('Control+k')
  await expect(admin.getByRole('option').first()).toHaveText(/cobalt-heron.*Recent/)
  await admin.getByRole('combobox').fill('dark')
  await admin.keyboard.press('Enter')
  await expect(admin.locator('html')).toHaveAttribute('data-theme', 'dark')
})

test('keys go to places, and a sheet tells which', async ({ admin }) => {
  await admin.goto('/')
  await expect(admin.getByRole('heading', { level: 1 })).toBeVisible()
  await admin.keyboard.press('g')
  await admin.keyboard.press('j')
  await expect(admin.getByRole('heading', { name: 'Jobs', level: 1 })).toBeVisible()
  await expect(admin).toHaveTitle('Jobs · Maestro')
  // Whoever arrives begins at the page, not in the menu.
  await expect(admin.locator('#main')).toBeFocused()
  await admin.keyboard.press('?')
  await expect(admin.getByRole('dialog', { name: 'Keyboard shortcuts' })).toContainText('Go to Deployments')
  await expectAccessible(admin)
  await admin.keyboard.press('Escape')
  await expect(admin.getByRole('dialog')).toHaveCount(0)
})

test('a session that ends in the middle of work is taken up where it was', async ({ admin }) => {
  await admin.goto('/experiments')
  await admin.getByRole('button', { name: 'New experiment' }).click()
  const name = admin.getByRole('dialog').getByLabel('Name')
  await name.fill('typed before the end')
  await endLogins(admin)
  await admin.getByRole('dialog').getByRole('button', { name: /Create/ }).click()

  const lapse = admin.getByRole('dialog', { name: 'Your session has ended' })
  await expect(lapse).toBeVisible()
  await lapse.getByLabel('Password').fill('not the password')
  await lapse.getByRole('button', { name: 'Go on' }).click()
  await expect(lapse.getByRole('alert')).toContainText('auth.login_failed')
  await lapse.getByLabel('Password').fill(adminPassword())
  await lapse.getByRole('button', { name: 'Go on' }).click()
  await expect(lapse).toHaveCount(0)
  // What was pressed before the end is done after it.
  await expect(admin.getByRole('link', { name: 'typed before the end' }).or(admin.getByRole('heading', { name: 'typed before the end' })).first()).toBeVisible()
})

test('somebody registers, changes their password and belongs to two organisations', async ({ page, api }) => {
  const email = `pia-${Date.now()}@example.com`
  await page.goto('/login')
  await page.getByRole('link', { name: 'Register' }).click()
  await expectAccessible(page)
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Your name').fill('Pia')
  await page.getByLabel('Organisation').fill(`Pia and co ${Date.now()}`)
  await page.getByLabel('Password').fill('correct horse')
  await page.getByRole('button', { name: 'Register' }).click()
  await expect(page.getByRole('heading', { name: 'Hello Pia' })).toBeVisible()

  expect((await api.post('/api/v1/users', { data: { email, role: 'viewer' } })).status()).toBe(201)
  await page.goto('/settings')
  await page.getByLabel('Current password').fill('correct horse')
  await page.getByLabel('New password', { exact: true }).fill('battery staple')
  await page.getByLabel('New password again').fill('battery staple')
  await page.getByRole('button', { name: 'Change password' }).click()
  await expect(page.getByText('Your password is changed.')).toBeVisible()
  await page.getByRole('button', { name: 'Go there' }).click()
  await expect(page.getByRole('button', { name: /Pia.*default/ })).toBeVisible()
  await page.goto('/settings')
  await expect(page.getByText('viewer', { exact: true }).first()).toBeVisible()
})

test('a key is made for some permissions, shown once, and revoked', async ({ admin }) => {
  await admin.goto('/settings')
  await admin.getByRole('button', { name: 'New key' }).click()
  const dialog = admin.getByRole('dialog')
  await dialog.getByLabel('Name').fill('only reads models')
  await dialog.getByLabel('only some of it').check()
  await dialog.getByLabel('model:read').check()
  await dialog.getByRole('button', { name: 'Create' }).click()
  await expect(dialog.getByText('it is never shown again')).toBeVisible()
  await expect(dialog.getByText(/^mml_/)).toBeVisible()
  await dialog.getByRole('button', { name: 'Close' }).click()
  const row = admin.getByRole('row', { name: /only reads models/ })
  await expect(row).toContainText('1 permissions')
  await row.getByRole('button', { name: 'Revoke only reads models' }).click()
  await admin.getByRole('button', { name: 'Revoke', exact: true }).click()
  await expect(row).toContainText('revoked')
})

test('home of a new organisation makes the key that its training needs', async ({ page }) => {
  const email = `nia-${Date.now()}@example.com`
  await page.request.post('/api/v1/auth/register', { data: { email, password: 'correct horse' } })
  await logIn(page, email, 'correct horse')
  await expect(page.getByText('Three ways to begin.')).toBeVisible()
  await page.getByRole('button', { name: 'Make a key' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click()
  await expect(page.getByRole('dialog')).toContainText(/MLFLOW_TRACKING_TOKEN=mml_/)
})
