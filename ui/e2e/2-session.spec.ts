import { expect, expectAccessible, logIn, test } from './maestro'

test('a login survives a reload, and ends with a logout', async ({ admin }) => {
  await admin.goto('/experiments?x=1')
  await expect(admin.getByRole('heading', { name: 'Experiments' })).toBeVisible()
  await admin.getByRole('button', { name: /Administrator/ }).click()
  await admin.getByRole('menuitem', { name: 'Log out' }).click()
  await expect(admin.getByRole('button', { name: 'Log in' })).toBeVisible()
  await admin.goto('/jobs')
  await expect(admin).toHaveURL(/login\?next=/)
})

test('who is not logged in comes back to where they wanted to be', async ({ page }) => {
  await page.goto('/admin/audit')
  await expectAccessible(page)
  await page.getByLabel('E-mail address').fill('admin@localhost')
  await page.getByLabel('Password').fill('not the password')
  await page.getByRole('button', { name: 'Log in' }).click()
  await expect(page.getByRole('alert')).toContainText('auth.login_failed')
  const wanted = page.url()
  await logIn(page)
  await page.goto(wanted)
  expect(wanted).toContain('next=')
})

test('no script of the page can read the login', async ({ admin, context }) => {
  const seen = await admin.evaluate(() => document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage))
  const session = (await context.cookies()).find(({ name }) => name.startsWith('maestro_session_'))
  expect(session).toMatchObject({ httpOnly: true, sameSite: 'Strict' })
  expect(seen).not.toContain(session?.value)
  expect(seen).not.toContain('eyJ')
})

test('a viewer sees everything, and is told who may change it', async ({ page, api }) => {
  const answer = await api.post('/api/v1/users', {
    data: { email: 'viewer@example.com', name: 'Vera', role: 'viewer', kind: 'person', password: 'correct horse' },
  })
  expect([201, 409]).toContain(answer.status())
  await logIn(page, 'viewer@example.com', 'correct horse')
  await page.goto('/experiments')
  const create = page.getByRole('button', { name: 'New experiment' })
  await expect(create).toBeDisabled()
  // It can be pressed all the same, to hear why.
  await create.click({ force: true })
  await expect(page.getByText('it needs experiment:write')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Audit log' })).toHaveCount(0)
})
