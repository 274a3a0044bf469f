import { expect, expectAccessible, test } from './maestro'

test('a run shows its code, its data, its machine and its files, and shuts in what could run', async ({ admin, api }) => {
  const started = await api.post('/api/v1/runs', { data: { experiment_id: 0, name: 'thorough', params: { lr: '0.1' } } })
  const { id } = (await started.json()) as { id: string }
  const metrics = ['loss', 'system/cpu'].flatMap((key) => [1, 2, 3].map((value, step) => ({ key, value, step })))
  const tags = { 'mlflow.source.git.commit': '3f2a9c81d0e4b7aa', 'maestro.command': 'python train.py --lr 0.1', 'maestro.git.dirty': 'true' }
  await api.post(`/api/v1/runs/${id}/log-batch`, { data: { metrics, tags } })
  const put = (path: string, text: string) => api.put(`/api/v1/runs/${id}/artifacts/${path}`, { data: Buffer.from(text) })
  await put('maestro/code.diff', 'diff --git a/a.py b/a.py\n@@ -1 +1 @@\n-lr = 1\n+lr = 0.1\n')
  await put('train.log', 'epoch 1\nepoch 2\n')
  await put('report.html', '<h1>Findings</h1><p id="told">still</p><script>told.textContent = "moved"</script>')
  await put('eda.ipynb', JSON.stringify({ cells: [{ cell_type: 'markdown', source: 'Some *words*' }, { cell_type: 'code', source: 'print(6*7)', outputs: [{ output_type: 'stream', text: '42\n' }] }] }))

  await admin.goto(`/runs/${id}?tab=code`)
  await expect(admin.getByText('+lr = 0.1')).toBeVisible()
  await expect(admin.getByText('python train.py --lr 0.1')).toBeVisible()
  await expectAccessible(admin)
  const parts = admin.getByRole('navigation', { name: 'Parts of the run' })
  await parts.getByRole('link', { name: 'System' }).click()
  await expect(admin.getByRole('img', { name: 'system/cpu: thorough' })).toBeVisible()
  await expect(admin.getByRole('img', { name: 'loss: thorough' })).toHaveCount(0)
  await parts.getByRole('link', { name: 'Logs' }).click()
  await expect(admin.getByText('epoch 2')).toBeVisible()

  await admin.goto(`/runs/${id}?tab=artifacts&file=report.html`)
  const frame = admin.frameLocator('iframe[title="report.html"]')
  await expect(frame.getByText('still')).toBeVisible()
  await admin.getByRole('button', { name: 'Run them in the sandbox' }).click()
  await expect(frame.getByText('moved')).toBeVisible()
  expect(await admin.locator('iframe').getAttribute('sandbox')).toBe('allow-scripts')
  await admin.goto(`/runs/${id}?tab=artifacts&file=eda.ipynb`)
  await expect(admin.getByText('42')).toBeVisible()
})
