/** What the journeys share: logging in, the API behind the pages, axe. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { AxeBuilder } from '@axe-core/playwright'
import { expect, test as base, type APIRequestContext, type Page } from '@playwright/test'

const home = process.env['E2E_HOME'] ?? ''

export function adminPassword(): string {
  return readFileSync(join(home, 'secrets', 'admin_password'), 'utf8').trim()
}

/** Ends every login of the one whose page this is, as from another machine. */
export async function endLogins(page: Page): Promise<void> {
  const { request } = page.context()
  const login = await request.post('/api/v1/auth/login', { data: { email: 'admin@localhost', password: adminPassword() } })
  const { access_token: token } = (await login.json()) as { access_token: string }
  const ended = await request.delete('/api/v1/auth/sessions', { headers: { Authorization: `Bearer ${token}` } })
  expect(ended.status()).toBe(204)
}

export async function logIn(page: Page, email = 'admin@localhost', password = adminPassword(), at = ''): Promise<void> {
  await page.goto(`${at}/login`)
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await expect(page.getByRole('navigation', { name: 'Work' })).toBeVisible()
}

/** Nothing that axe calls a violation of WCAG 2.2 AA, once the page is there; `part` is what alone is looked at. */
export async function expectAccessible(page: Page, part = 'html'): Promise<void> {
  // Below a dialog it is hidden from readers, but there.
  await page.locator('h1').first().waitFor()
  const tags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']
  const { violations } = await new AxeBuilder({ page }).include(part).withTags(tags).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)).toEqual([])
}

export const test = base.extend<{ admin: Page; api: APIRequestContext; apiKey: string }>({
  /** A page where the administrator is logged in; errors of scripts and of the policy fail the test. */
  admin: async ({ page }, use) => {
    const wrong: string[] = []
    page.on('pageerror', (error) => wrong.push(error.message))
    page.on('dialog', (dialog) => {
      wrong.push(`dialog ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) wrong.push(message.text())
    })
    await logIn(page)
    await use(page)
    expect(wrong).toEqual([])
  },

  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of fixtures from it
  apiKey: async ({}, use) => {
    const { api_key: key } = JSON.parse(readFileSync(join(home, 'credentials.json'), 'utf8')) as { api_key: string }
    await use(key)
  },

  /** The API, with the administrator's key. */
  api: async ({ playwright, baseURL, apiKey }, use) => {
    const api = await playwright.request.newContext({
      ...(baseURL && { baseURL }),
      extraHTTPHeaders: { Authorization: `Bearer ${apiKey}` },
    })
    await use(api)
    await api.dispose()
  },
})

export { expect } from '@playwright/test'
