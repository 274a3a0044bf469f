import { expect, expectAccessible, test } from './maestro'

test('compared runs are related to each other, and the address keeps how', async ({ admin, api }) => {
  const created = await api.post('/api/v1/experiments', { data: { name: 'related' } })
  const { id } = (await created.json()) as { id: number }
  const ids: string[] = []
  for (let index = 0; index < 12; index += 1) {
    const params = { lr: String(index / 10), model: index % 2 ? 'rf' : 'lgbm', same: '1' }
    const run = (await (await api.post('/api/v1/runs', { data: { experiment_id: id, name: `run ${index}`, params } })).json()) as { id: string }
    ids.push(run.id)
    const metrics = [0.1, 0.2, index / 20].map((value, step) => ({ key: 'auc', value, step }))
    await api.post(`/api/v1/runs/${run.id}/log-batch`, { data: { metrics } })
  }
  await admin.goto(`/compare?runs=${encodeURIComponent(JSON.stringify(ids))}`)
  await expect(admin.getByRole('rowheader', { name: 'lr' })).toBeVisible()
  await expect(admin.getByRole('rowheader', { name: 'same' })).toHaveCount(0)
  await expect(admin.getByRole('img', { name: /^Parallel coordinates: 3 axes, 12 runs/ })).toBeVisible()
  await expect(admin.getByRole('img', { name: /^auc: run 0, run 1/ })).toBeVisible()

  await admin.getByRole('button', { name: 'Scatter' }).click()
  await admin.getByRole('combobox', { name: 'Colour' }).selectOption({ label: 'model' })
  await expect(admin).toHaveURL(/chart=scatter.*by=params\.model/)
  await expect(admin.getByRole('img', { name: 'scatter of auc and lr over 12 runs' })).toBeVisible()
  await admin.getByRole('button', { name: 'Box plots' }).click()
  await expect(admin.getByRole('img', { name: /^box of auc and model/ })).toBeVisible()
  await admin.getByRole('button', { name: 'Importance of params' }).click()
  await expect(admin.getByRole('row').filter({ has: admin.getByRole('rowheader', { name: 'lr' }) }).last()).toContainText('+1.00')
  await expectAccessible(admin)
})

test('who zooms into a long curve sees all of its points there', async ({ admin, api }) => {
  const run = (await (await api.post('/api/v1/runs', { data: { name: 'long' } })).json()) as { id: string }
  for (let first = 0; first < 3000; first += 1000) {
    const metrics = Array.from({ length: 1000 }, (_, index) => ({ key: 'loss', value: Math.sin(first + index), step: first + index }))
    await api.post(`/api/v1/runs/${run.id}/log-batch`, { data: { metrics } })
  }
  await api.patch(`/api/v1/runs/${run.id}`, { data: { status: 'finished' } })
  await admin.goto(`/compare?runs=${encodeURIComponent(JSON.stringify([run.id]))}`)
  const plot = admin.getByRole('img', { name: 'loss: long' }).locator('.u-over')
  await plot.scrollIntoViewIfNeeded()
  const place = await plot.boundingBox()
  if (!place) throw new Error('There is no chart.')
  const near = admin.waitForResponse((answer) => answer.url().endsWith('/runs/histories'))
  await admin.mouse.move(place.x + place.width * 0.4, place.y + 40)
  await admin.mouse.down()
  await admin.mouse.move(place.x + place.width * 0.5, place.y + 60)
  await admin.mouse.move(place.x + place.width * 0.6, place.y + 60)
  await admin.mouse.up()
  const { items } = (await (await near).json()) as { items: { thinned: boolean; steps: number[] }[] }
  expect(items[0]?.thinned).toBe(false)
  const [first = 0, last = 0] = [items[0]?.steps[0], items[0]?.steps.at(-1)]
  expect(items[0]?.steps.length).toBe(last - first + 1)
  expect([Math.round(first / 200), Math.round(last / 200)]).toEqual([6, 9])
})
