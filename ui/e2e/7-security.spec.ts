import type { Page } from '@playwright/test'

import { seedHostile, type Visit } from './hostile'
import { adminPassword, expect, logIn, test } from './maestro'

/** Elements and attributes that none of our pages has: where one is, text has become markup. */
const FOREIGN = [
  'script', 'base', 'object', 'embed', 'meta', 'marquee', 'math', 'video', 'noscript', 'style', 'animate',
  'iframe:not([sandbox=""])', 'form[action]', 'a[style*="inset"]', 'a[href^="javascript:" i]', '[src^="javascript:" i]', 'img[src="x"]',
  ...['error', 'load', 'focus', 'toggle', 'start', 'begin', 'mouseover', 'click'].map((event) => `[on${event}]`),
].map((selector) => `body > * ${selector}`).join(', ')

/** Notes everything that a page does because of what somebody has written. */
async function watch(page: Page): Promise<string[]> {
  const seen: string[] = []
  await page.exposeFunction('hacked', (...told: unknown[]) => void seen.push(`a payload ran ${told.join()}`))
  await page.exposeFunction('refused', (told: string) => void seen.push(told))
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      const { refused } = window as unknown as { refused: (told: string) => void }
      // Playwright itself reads the pictures of a page for its trace.
      if (window === top && event.blockedURI !== 'blob') refused(`${event.violatedDirective} refused ${event.blockedURI} ${event.sample}`)
    })
  })
  page.on('dialog', (dialog) => {
    seen.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('popup', (popup) => void seen.push(`window ${popup.url()}`))
  return seen
}

async function visit(page: Page, { path, texts }: Visit): Promise<void> {
  await page.goto(path)
  await expect(page.getByRole('heading').first()).toBeVisible()
  // Charts below the window wait until somebody scrolls to them.
  if (!path.includes('tab=charts')) await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0)
  for (const text of texts) {
    await expect.poll(() => page.evaluate(() => document.body.textContent), { message: `${path} shows ${text}` }).toContain(text)
  }
}

async function foreign(page: Page): Promise<string[]> {
  return page.locator(FOREIGN).evaluateAll((found) => found.map(({ outerHTML }) => outerHTML.slice(0, 120)))
}

test('forty payloads in everything that people write: none runs, and all are shown as text', async ({ page, api }) => {
  test.setTimeout(180_000)
  const seen = await watch(page)
  const visits = await seedHostile(api)
  await logIn(page)
  for (const each of visits) {
    await test.step(each.path, async () => {
      await visit(page, each)
      expect(await foreign(page), each.path).toEqual([])
      expect(seen, each.path).toEqual([])
    })
  }
})

test('what is typed stays text, too: filters, columns, search', async ({ page, api }) => {
  const seen = await watch(page)
  const typed = '<img src=x onerror=hacked()>'
  const { id } = (await (await api.post('/api/v1/experiments', { data: { name: `typed ${Date.now()}` } })).json()) as { id: number }
  await api.post('/api/v1/runs', { data: { experiment_id: id, name: typed, params: { [typed]: typed } } })
  await logIn(page)
  await page.goto(`/experiments/${id}`)
  await page.getByRole('combobox', { name: 'Filter of runs' }).fill(`params.${typed}`)
  await expect(page.getByRole('alert')).toBeVisible()
  await page.getByRole('combobox', { name: 'Filter of runs' }).fill('params.')
  expect(await foreign(page)).toEqual([])
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Search or jump to' }).fill(typed)
  await expect(page.getByRole('option', { name: typed }).first()).toBeVisible()
  expect(await foreign(page)).toEqual([])
  expect(seen).toEqual([])
})

test('the page may do little, and says so in its headers', async ({ page }) => {
  const answer = await page.goto('/login')
  const headers = answer?.headers() ?? {}
  const policy = headers['content-security-policy'] ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self'")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).not.toContain('unsafe')
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cross-origin-opener-policy': 'same-origin' })
  expect(headers['referrer-policy']).toBeTruthy()
  expect(headers['permissions-policy']).toContain('camera=()')
  const script = page.waitForResponse((each) => each.url().endsWith('.js'))
  await page.reload()
  const asset = (await script).headers()
  expect(asset).toMatchObject({ 'cache-control': 'public, max-age=31536000, immutable', 'x-content-type-options': 'nosniff' })
  expect(['br', 'gzip']).toContain(asset['content-encoding'])
})

test('the login is in a cookie that scripts cannot read, and no token is anywhere else', async ({ admin, context, request }) => {
  const cookies = await context.cookies()
  const session = cookies.find(({ name }) => name.startsWith('maestro_session_'))
  expect(session).toMatchObject({ httpOnly: true, sameSite: 'Strict' })
  for (const path of ['/', '/experiments', '/settings']) {
    await admin.goto(path)
    await expect(admin.getByRole('heading', { level: 1 })).toBeVisible()
    const kept = await admin.evaluate(() => JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }, location.href, history.state]))
    expect(kept).not.toContain(session?.value)
    expect(kept).not.toMatch(/eyJ|mml_/)
  }
  // The cookies alone, as another site's form would send them, open nothing.
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  const resumed = await request.post('/api/v1/auth/session/resume', { headers: { Cookie: cookie } })
  expect(resumed.status()).toBe(403)
  const written = await request.post('/api/v1/experiments', { headers: { Cookie: cookie }, data: { name: 'by a cookie alone' } })
  expect(written.status()).toBe(401)
})

test('behind https the cookies are for https alone', async ({ request }) => {
  const answer = await request.post('/api/v1/auth/session', {
    headers: { 'X-Forwarded-Proto': 'https', Origin: 'https://example.com' },
    data: { email: 'admin@localhost', password: adminPassword() },
  })
  expect(answer.status()).toBe(200)
  const cookies = answer.headersArray().filter(({ name }) => name.toLowerCase() === 'set-cookie')
  expect(cookies).toHaveLength(2)
  for (const { value } of cookies) expect(value).toMatch(/; secure/i)
})
