import { expect, expectAccessible, test } from './maestro'

const PAGES = ['/', '/experiments', '/experiments/0', '/datasets', '/automl', '/automl/new', '/models', '/deployments', '/jobs', '/compare', '/admin/users', '/admin/roles', '/admin/audit', '/admin/storage', '/admin/organisation', '/admin/system', '/settings']

test('a new tenant finds three ways to begin', async ({ admin }) => {
  await expect(admin.getByRole('heading', { name: 'Upload a table' })).toBeVisible()
  await expect(admin.getByText('MLFLOW_TRACKING_URI=http://127.0.0.1')).toBeVisible()
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every page is accessible when empty, in ${colorScheme}`, async ({ admin }) => {
    test.setTimeout(150_000)
    test.setTimeout(180_000)
    await admin.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const path of PAGES) {
      await admin.goto(path)
      await expect(admin.getByRole('heading', { level: 1 })).toBeVisible()
      await expect(admin.getByRole('status', { name: 'Loading' })).toHaveCount(0)
      await expectAccessible(admin)
    }
  })
}

test('no page is wider than a phone', async ({ admin }) => {
  await admin.setViewportSize({ width: 360, height: 760 })
  for (const path of PAGES) {
    await admin.goto(path)
    await expect(admin.getByRole('heading', { level: 1 })).toBeVisible()
    const width = await admin.evaluate(() => document.documentElement.scrollWidth)
    expect(width, path).toBeLessThanOrEqual(360)
  }
  await admin.getByRole('button', { name: 'Menu' }).click()
  await admin.getByRole('link', { name: 'Jobs' }).click()
  await expect(admin.getByRole('heading', { name: 'Jobs', level: 1 })).toBeVisible()
})
