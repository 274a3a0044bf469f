import { existsSync, mkdtempSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { defineConfig } from '@playwright/test'

// Decided once, by the first process, and handed to the workers.
process.env['E2E_HOME'] ??= mkdtempSync(join(tmpdir(), 'maestro-e2e-'))
process.env['E2E_PORT'] ??= String(await freePort())
const url = `http://127.0.0.1:${process.env['E2E_PORT']}`
const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)

/** The built application, served by a real `maestro up` in a home of its own. */
export default defineConfig({
  testDir: 'e2e',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  workers: 1,
  forbidOnly: true,
  reporter: [['list']],
  use: {
    baseURL: url,
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      ...(chromium && { executablePath: chromium }),
      args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update'],
    },
    trace: 'retain-on-failure',
  },
  webServer: {
    command: `tools/serve ${process.env['E2E_PORT']}`,
    url: `${url}/health/ready`,
    timeout: 120_000,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 30_000 },
    env: {
      MAESTRO_HOME: process.env['E2E_HOME'],
      MAESTRO_LIMIT_LOGIN_PER_MINUTE: '0',
      MAESTRO_LIMIT_API_PER_MINUTE: '0',
      MAESTRO_LIMIT_AUTOML_PER_HOUR: '0',
    },
  },
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
