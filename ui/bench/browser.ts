/** One Chromium for everything: Playwright drives it, and Lighthouse comes to it by its debugging port. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { chromium, type BrowserContext, type Page } from '@playwright/test'

export interface Task {
  url: string
  password: string
  runs: number
  parts: string[]
  rounds: number
  experiment: number
  curves: string[]
}

export interface Browser {
  context: BrowserContext
  debuggingPort: number
}

const BINARIES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

/** A browser with a new profile, until `work` is done. */
export async function withBrowser(work: (browser: Browser) => Promise<void>): Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), 'maestro-bench-browser-'))
  const debuggingPort = await freePort()
  const binary = BINARIES.find(existsSync)
  const context = await chromium.launchPersistentContext(profile, {
    ...(binary && { executablePath: binary }),
    args: [...FLAGS, `--remote-debugging-port=${debuggingPort}`],
    viewport: { width: 1440, height: 900 },
  })
  try {
    await work({ context, debuggingPort })
  } finally {
    await context.close()
    rmSync(profile, { recursive: true, force: true })
  }
}

export async function logIn(context: BrowserContext, { url, password }: Task): Promise<void> {
  const page = await context.newPage()
  await page.goto(`${url}/login`)
  await page.getByLabel('E-mail address').fill('admin@localhost')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('navigation', { name: 'Work' }).waitFor()
  await page.close()
}

/** A page at `path`, until `work` is done. */
export async function withPage<Result>(context: BrowserContext, url: string, work: (page: Page) => Promise<Result>): Promise<Result> {
  const page = await context.newPage()
  try {
    await page.goto(url)
    return await work(page)
  } finally {
    await page.close()
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('There is no free port.')
  return address.port
}
