import type { APIRequestContext } from '@playwright/test'

import { expect, expectAccessible, test } from './maestro'

interface Started {
  id: string
}

async function sweep(api: APIRequestContext, name: string): Promise<number> {
  const created = await api.post('/api/v1/experiments', { data: { name } })
  const { id } = (await created.json()) as { id: number }
  for (let index = 0; index < 6; index += 1) {
    const params = { model: index < 3 ? 'lgbm' : 'rf', seed: String(index % 3) }
    const started = (await (await api.post('/api/v1/runs', { data: { experiment_id: id, name: `run ${index}`, params } })).json()) as Started
    const metrics = [0.1, 0.9 - index / 10, 0.5].map((value, step) => ({ key: 'auc', value, step }))
    await api.post(`/api/v1/runs/${started.id}/log-batch`, { data: { metrics } })
  }
  return id
}

test('a run table is arranged, measured and saved', async ({ admin, api }) => {
  const id = await sweep(api, 'arranged')
  await admin.goto(`/experiments/${id}`)
  await expect(admin.getByText('of 6 runs')).toBeVisible()

  // Columns: pinned in the picker, moved by keyboard in the header.
  await admin.getByRole('button', { name: 'Columns' }).click()
  await admin.getByRole('searchbox', { name: 'Find a column' }).fill('auc')
  await admin.getByRole('button', { name: 'Pin auc' }).click()
  await admin.getByRole('button', { name: 'Done' }).click()
  const heads = admin.getByRole('columnheader')
  await expect(heads.nth(1)).toContainText('auc')
  await admin.getByRole('button', { name: 'Duration' }).or(heads.filter({ hasText: 'Started' }).getByRole('button')).first().press('Alt+ArrowRight')
  await expect(heads.nth(4)).toContainText('Started')

  // The best value of a run is not its last one.
  await admin.getByRole('combobox', { name: 'Values of metrics' }).selectOption('best')
  await expect(admin.getByRole('row').filter({ hasText: 'run 0' })).toContainText('0.9')
  await admin.getByRole('button', { name: /the highest is best/ }).click()
  await expect(admin.getByRole('row').filter({ hasText: 'run 0' })).toContainText('0.1')
  await expectAccessible(admin)

  // Saved for everybody, and remembered.
  await admin.getByRole('button', { name: 'Views' }).click()
  await admin.getByRole('menuitem', { name: 'Save as a new view…' }).click()
  await admin.getByRole('textbox', { name: 'Name' }).fill('mine')
  await admin.getByRole('button', { name: 'Save' }).click()
  await expect(admin.getByRole('button', { name: 'mine' })).toBeVisible()
  await admin.goto('/experiments')
  await admin.goto(`/experiments/${id}`)
  await expect(admin).toHaveURL(/saved=/)
  await expect(heads.nth(1)).toContainText('auc')

})

test('columns are as wide as somebody makes them, and the address keeps it', async ({ admin, api }) => {
  const id = await sweep(api, 'widened')
  await admin.goto(`/experiments/${id}`)
  await expect(admin.getByText('of 6 runs')).toBeVisible()
  const edge = admin.getByRole('separator', { name: 'Width of Started' })
  await expect(edge).toHaveAttribute('aria-valuenow', '116')

  // By pointer: no head is moved, nothing is sorted.
  const place = await edge.boundingBox()
  if (!place) throw new Error('The edge is not in view.')
  const [x, y] = [place.x + place.width / 2, place.y + place.height / 2]
  await admin.mouse.move(x, y)
  await admin.mouse.down()
  await admin.mouse.move(x + 30, y)
  await admin.mouse.move(x + 84, y)
  await expect(edge).toHaveAttribute('aria-valuenow', '200')
  await admin.mouse.up()
  await expect(admin).toHaveURL(/widths=/)
  const cell = admin.getByRole('row').filter({ hasText: 'run 0' }).getByRole('gridcell').nth(1)
  expect((await cell.boundingBox())?.width).toBe(200)
  await admin.reload()
  await expect(edge).toHaveAttribute('aria-valuenow', '200')

  // By keyboard, and as wide as what is in it.
  await edge.press('ArrowRight')
  await expect(edge).toHaveAttribute('aria-valuenow', '208')
  await edge.press('Shift+ArrowLeft')
  await expect(edge).toHaveAttribute('aria-valuenow', '168')
  await edge.press('Delete')
  await expect(edge).toHaveAttribute('aria-valuenow', '116')
  await expect(admin).not.toHaveURL(/widths=/)
  const name = admin.getByRole('separator', { name: 'Width of Run' })
  await name.dblclick()
  await expect(admin).toHaveURL(/widths=.*name/)
  expect(Number(await name.getAttribute('aria-valuenow'))).toBeLessThan(200)
  await expectAccessible(admin)

  // Sorting is by the last value, and says so where another one is shown.
  const auc = admin.getByRole('columnheader').filter({ hasText: 'auc' })
  await auc.getByRole('button').first().click()
  await expect(auc).not.toContainText('by last')
  await admin.getByRole('combobox', { name: 'Values of metrics' }).selectOption('max')
  await expect(auc).toContainText('by last')
})

test('runs are grouped, and all of them taken away', async ({ admin, api }) => {
  const id = await sweep(api, 'grouped')
  await admin.goto(`/experiments/${id}`)
  await expect(admin.getByText('of 6 runs')).toBeVisible()
  await admin.getByRole('button', { name: 'Group' }).click()
  await admin.getByRole('checkbox', { name: 'params.model' }).check()
  await admin.getByRole('button', { name: 'Done' }).click()
  await expect(admin.getByRole('row').filter({ hasText: 'lgbm' })).toContainText('0.5 ± 0')
  await admin.getByRole('button', { name: 'Runs of rf' }).click()
  await expect(admin.getByRole('link', { name: 'run 5' })).toBeVisible()
  await expectAccessible(admin)

  const download = admin.waitForEvent('download')
  await admin.getByRole('button', { name: 'Export' }).click()
  await admin.getByRole('menuitem', { name: 'CSV with everything' }).click()
  expect((await download).suggestedFilename()).toBe('grouped.csv')
})

test('a run table is worked by keyboard, says where a filter is wrong, and follows what happens', async ({ admin, api }) => {
  const created = await api.post('/api/v1/experiments', { data: { name: 'by keyboard' } })
  const { id } = (await created.json()) as { id: number }
  const start = async (name: string) => (await (await api.post('/api/v1/runs', { data: { experiment_id: id, name } })).json()) as Started
  const first = await start('first')
  await start('second')
  await admin.goto(`/experiments/${id}`)
  await expect(admin.getByText('of 2 runs')).toBeVisible()

  await admin.keyboard.press('/')
  await admin.keyboard.type('metrics.auc >> 0.2')
  await expect(admin.getByRole('alert').locator('mark')).toHaveText('>>')
  await admin.getByRole('combobox', { name: 'Filter of runs' }).fill('')
  await expect(admin.getByText('of 2 runs')).toBeVisible()

  // What changes changes in place; what is new is counted.
  await api.post(`/api/v1/runs/${first.id}/log-batch`, { data: { metrics: [{ key: 'auc', value: 0.75, step: 1 }] } })
  await api.patch(`/api/v1/runs/${first.id}`, { data: { status: 'finished' } })
  await expect(admin.getByRole('row').filter({ hasText: 'first' })).toContainText('Finished')
  await start('third')
  await expect(admin.getByRole('button', { name: 'Show 1 new run' })).toBeVisible()

  await admin.getByRole('grid', { name: 'Runs' }).focus()
  await admin.keyboard.press('j')
  await admin.keyboard.press('j')
  await admin.keyboard.press('x')
  await expect(admin.getByText('1 run selected')).toBeVisible()
  await admin.getByRole('grid', { name: 'Runs' }).focus()
  await admin.keyboard.press('Enter')
  await expect(admin.getByRole('heading', { name: 'first' })).toBeVisible()
})
