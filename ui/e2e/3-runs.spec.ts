import { expect, expectAccessible, test } from './maestro'

const HOSTILE = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  "';alert(1);//",
  '{{constructor.constructor("alert(1)")()}}',
  'javascript:alert(1)',
  '<iframe srcdoc="<script>parent.alert(1)</script>">',
  '<a href="javascript:alert(1)">x</a>',
  '</title><script>alert(1)</script>',
  '<math><mtext></style><img src onerror=alert(1)>',
]

test('a run grows before the eyes of whoever looks at it', async ({ admin, api }) => {
  const created = await api.post('/api/v1/experiments', { data: { name: 'growing' } })
  const { id } = (await created.json()) as { id: number }
  await admin.goto(`/experiments/${id}`)
  await expect(admin.getByText('No run yet')).toBeVisible()

  const started = await api.post('/api/v1/runs', { data: { experiment_id: id, name: 'first steps', params: { lr: '0.1' } } })
  const run = (await started.json()) as { id: string }
  await admin.getByRole('button', { name: 'Show 1 new run' }).click()
  await admin.getByRole('link', { name: 'first steps' }).click()
  await expect(admin.getByRole('heading', { name: 'first steps' })).toBeVisible()

  await api.post(`/api/v1/runs/${run.id}/log-batch`, { data: { metrics: [{ key: 'loss', value: 0.5, step: 1 }] } })
  await expect(admin.getByRole('table', { name: 'Metrics' })).toContainText('0.5')
  await api.patch(`/api/v1/runs/${run.id}`, { data: { status: 'finished' } })
  await expect(admin.getByText('Finished').first()).toBeVisible()
  await admin.getByRole('link', { name: 'Charts' }).click()
  await expect(admin.getByRole('img', { name: 'loss: first steps' })).toBeVisible()
  await expectAccessible(admin)
})

test('runs are filtered, compared, deleted and brought back', async ({ admin, api }) => {
  const created = await api.post('/api/v1/experiments', { data: { name: 'filtered' } })
  const { id } = (await created.json()) as { id: number }
  for (let index = 0; index < 5; index += 1) {
    const started = await api.post('/api/v1/runs', { data: { experiment_id: id, name: `run ${index}`, params: { lr: String(index) } } })
    const run = (await started.json()) as { id: string }
    await api.post(`/api/v1/runs/${run.id}/log-batch`, { data: { metrics: [{ key: 'auc', value: index / 10, step: 0 }] } })
  }
  await admin.goto(`/experiments/${id}`)
  await expect(admin.getByText('of 5 runs')).toBeVisible()
  await expectAccessible(admin)

  const filter = admin.getByRole('combobox', { name: 'Filter of runs' })
  await filter.fill('metrics.auc >> 0.2')
  await expect(admin.getByRole('alert')).toContainText('comparator')
  await filter.fill('metrics.auc > 0.25')
  await expect(admin.getByText('of 2 runs')).toBeVisible()

  await admin.getByRole('checkbox', { name: 'Select all runs' }).check()
  await admin.getByRole('link', { name: 'Compare' }).click()
  await expect(admin.getByRole('heading', { name: 'Compare 2 runs' })).toBeVisible()
  await expect(admin.getByRole('rowheader', { name: 'lr' })).toBeVisible()
  await expectAccessible(admin)

  await admin.goBack()
  await admin.getByRole('checkbox', { name: 'Select run 4' }).check()
  await admin.getByRole('button', { name: 'Delete' }).click()
  await expect(admin.getByText('of 1 run')).toBeVisible()
  await admin.getByRole('button', { name: 'Undo' }).click()
  await expect(admin.getByText('of 2 runs')).toBeVisible()
})

test('nothing that people write becomes markup', async ({ admin, api }) => {
  const created = await api.post('/api/v1/experiments', { data: { name: HOSTILE[0], tags: { [HOSTILE[1] ?? '']: HOSTILE[2] } } })
  const { id } = (await created.json()) as { id: number }
  const ids: string[] = []
  for (const text of HOSTILE) {
    const started = await api.post('/api/v1/runs', {
      data: { experiment_id: id, name: text, params: { [text]: text }, tags: { [text]: text } },
    })
    const run = (await started.json()) as { id: string }
    ids.push(run.id)
    await api.post(`/api/v1/runs/${run.id}/log-batch`, { data: { metrics: [{ key: text, value: 1, step: 0 }] } })
    await api.put(`/api/v1/runs/${run.id}/note`, { data: { content: text } })
  }
  const [first = ''] = ids
  const page = `<script>parent.alert(1)</script><img src=x onerror="parent.alert(1)">`
  await api.put(`/api/v1/runs/${first}/artifacts/page.html`, { data: Buffer.from(page) })
  await api.put(`/api/v1/runs/${first}/artifacts/drawing.svg`, { data: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>') })
  const runs = encodeURIComponent(JSON.stringify(ids))
  const paths = ['/experiments', `/experiments/${id}`, `/compare?runs=${runs}&all=true`, ...ids.map((each) => `/runs/${each}`), `/runs/${first}?tab=charts`, `/runs/${first}?tab=artifacts&file=page.html`, `/runs/${first}?tab=artifacts&file=drawing.svg`]
  for (const path of paths) {
    await admin.goto(path)
    await expect(admin.getByRole('heading', { level: 1 })).toBeVisible()
    await admin.waitForLoadState('networkidle')
    expect(await admin.locator('main script, main [onerror], main [onload], main a[href^="javascript:"]').count(), path).toBe(0)
  }
})
