import { createHash } from 'node:crypto'
import { appendFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import type { Page } from '@playwright/test'

import { expect, logIn, test as base } from './maestro'
import { Installation, MemoryOf, reverseProxy, Wire } from './servers'

/** An installation that may be stopped: what no other journey may share. */
const test = base.extend<object, { own: Installation }>({
  own: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of fixtures from it
    async ({}, use) => {
      const own = await Installation.start()
      await use(own)
      await own.remove()
    },
    { scope: 'worker', timeout: 120_000 },
  ],
})

type Served = Pick<Installation, 'url' | 'key'>

async function post<Body>(own: Served, path: string, data: object, method = 'POST'): Promise<Body> {
  const headers = { Authorization: `Bearer ${own.key}`, 'Content-Type': 'application/json' }
  const answer = await fetch(`${own.url}${path}`, { method, headers, body: JSON.stringify(data) })
  expect(answer.status, await answer.clone().text()).toBeLessThan(300)
  const text = await answer.text()
  return (text ? JSON.parse(text) : null) as Body
}

async function startRun(own: Served, name: string): Promise<{ id: string; experiment: number }> {
  const { id: experiment } = await post<{ id: number }>(own, '/api/v1/experiments', { name: `${name} ${Date.now()}` })
  const { id } = await post<{ id: string }>(own, '/api/v1/runs', { experiment_id: experiment, name })
  return { id, experiment }
}

test('the server goes away and comes back under an open page, and nothing typed is lost', async ({ page, own }) => {
  test.setTimeout(150_000)
  const { id } = await startRun(own, 'surviving')
  await logIn(page, 'admin@localhost', own.password, own.url)
  await page.goto(`${own.url}/runs/${id}`)
  await page.getByRole('button', { name: 'Edit' }).click()
  const note = page.getByRole('textbox', { name: 'Note in Markdown' })
  await note.fill('half a thought')

  await own.stop()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('The server does not answer.').first()).toBeVisible()
  await expect(note).toHaveValue('half a thought')
  await note.fill('half a thought, and the rest')

  await own.start()
  await expect(page.getByText('What you see is what it said last')).toHaveCount(0, { timeout: 30_000 })
  await expect(note).toHaveValue('half a thought, and the rest')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('half a thought, and the rest')).toBeVisible()
  // What happens afterwards is seen again, too.
  await post(own, `/api/v1/runs/${id}`, { status: 'finished' }, 'PATCH')
  await expect(page.getByText('Finished').first()).toBeVisible({ timeout: 30_000 })
})

test('live updates come through a proxy that drops the connection every two seconds', async ({ page, own }) => {
  const wire = await Wire.before(own.port, { dropSocketsAfter: 2000 })
  try {
    const { id } = await startRun(own, 'through the wire')
    await logIn(page, 'admin@localhost', own.password, wire.url)
    await page.goto(`${wire.url}/runs/${id}`)
    await expect(page.getByRole('heading', { name: 'through the wire' })).toBeVisible()
    for (let step = 1; step <= 4; step += 1) {
      await expect.poll(() => wire.cuts).toBeGreaterThanOrEqual(step)
      await post(own, `/api/v1/runs/${id}/log-batch`, { metrics: [{ key: 'loss', value: step + 0.125, step }] })
      await expect(page.getByRole('table', { name: 'Metrics' })).toContainText(`${step}.125`)
    }
    await expect(page.getByRole('alert')).toHaveCount(0)
  } finally {
    await wire.close()
  }
})

/** Writes a table of about `mebibytes`, with lines that are not all alike; its rows and its hash. */
function writeTable(file: string, mebibytes: number): { rows: number; sha256: string } {
  const [hash, filler] = [createHash('sha256'), 'abcdefghij'.repeat(8)]
  let [rows, size, text] = [0, 0, 'id,amount,text,flag\n']
  while (size < mebibytes * 2 ** 20) {
    for (; text.length < 2 ** 20; rows += 1) text += `${rows},${(rows * 7919) % 10_007},${filler},${rows % 3 === 0}\n`
    appendFileSync(file, text)
    hash.update(text)
    size += text.length
    text = ''
  }
  return { rows, sha256: hash.digest('hex') }
}

/** By default a size that is quick; E2E_UPLOAD_MIB=1024 walks the whole way, and tells what it took. */
const UPLOAD_MIB = Number(process.env['E2E_UPLOAD_MIB'] ?? 24)

test('an upload that is cut in the middle goes on, and arrives whole', async ({ page, own }, testInfo) => {
  test.setTimeout(120_000 + UPLOAD_MIB * 1000)
  const wire = await Wire.before(own.port)
  const file = join(testInfo.outputPath(), 'large.csv')
  const { rows, sha256 } = writeTable(file, UPLOAD_MIB)
  const memory = await MemoryOf.server(own)
  try {
    await logIn(page, 'admin@localhost', own.password, wire.url)
    await page.goto(`${wire.url}/datasets`)
    await page.getByRole('button', { name: /Upload/ }).first().click()
    await page.getByRole('dialog').locator('input[type=file]').setInputFiles(file)
    // Early in a part, and when half of the whole has gone through.
    wire.cutsAfter.push(3 * 2 ** 20)
    wire.cutsAt = (UPLOAD_MIB / 2) * 2 ** 20
    const began = Date.now()
    await page.getByRole('dialog').getByRole('button', { name: 'Upload', exact: true }).click()
    await expect(page.getByRole('heading', { name: 'large', level: 1 })).toBeVisible({ timeout: 90_000 + UPLOAD_MIB * 1000 })
    expect(wire.cuts).toBe(2)
    await expect(page.getByText(rows.toLocaleString('en-US')).first()).toBeVisible()
    const headers = { Authorization: `Bearer ${own.key}` }
    const version = (await (await fetch(`${own.url}/api/v1/datasets/large/versions/latest`, { headers })).json()) as { rows: number; source_sha256: string }
    expect([version.rows, version.source_sha256]).toEqual([rows, sha256])
    const grown = await memory.grown()
    const took = `${UPLOAD_MIB} MiB in ${((Date.now() - began) / 1000).toFixed(1)} s, two cuts; the server grew by at most ${grown.toFixed(0)} MiB`
    testInfo.annotations.push({ type: 'measured', description: took })
    process.stdout.write(`${took}\n`)
    expect(grown).toBeLessThan(150)
  } finally {
    memory.stop()
    await wire.close()
    rmSync(file, { force: true })
  }
})

test('below /maestro/ of a reverse proxy, whether it takes the path off or leaves it', async ({ browser }) => {
  test.setTimeout(150_000)
  const own = await Installation.start({ MAESTRO_WEB_BASE_PATH: '/maestro' })
  const api = { url: `${own.url}/maestro`, key: own.key }
  try {
    for (const strips of [false, true]) {
      const proxy = await reverseProxy(own.port, { strips })
      const context = await browser.newContext()
      await walkBelow(await context.newPage(), `${proxy.url}/maestro`, own.password, api)
      await context.close()
      await proxy.close()
    }
  } finally {
    await own.remove()
  }
})

async function walkBelow(page: Page, url: string, password: string, api: Served): Promise<void> {
  const outside: string[] = []
  let heard = 0
  page.on('request', (request) => {
    const { pathname, protocol } = new URL(request.url())
    if (protocol.startsWith('http') && !pathname.startsWith('/maestro/')) outside.push(request.url())
  })
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).pathname === '/maestro/api/v1/ws') socket.on('framereceived', () => (heard += 1))
  })
  await logIn(page, 'admin@localhost', password, url)
  await page.getByRole('link', { name: 'Experiments', exact: true }).first().click()
  await expect(page).toHaveURL(`${url}/experiments`)
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Experiments', level: 1 })).toBeVisible()
  const session = (await page.context().cookies()).find(({ name }) => name.startsWith('maestro_session_'))
  expect(session?.path).toBe('/maestro/')

  const { id } = await startRun(api, 'below a path')
  await page.goto(`${url}/runs/${id}`)
  await expect(page.getByRole('heading', { name: 'below a path' })).toBeVisible()
  await expect.poll(() => heard).toBeGreaterThan(0)
  await post(api, `/api/v1/runs/${id}`, { status: 'finished' }, 'PATCH')
  await expect(page.getByText('Finished').first()).toBeVisible()
  expect(outside).toEqual([])
}
