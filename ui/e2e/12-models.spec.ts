import { expect, expectAccessible, test } from './maestro'

/** A zip of one small MLflow model, whose files are stored and not packed. */
function zipped(files: Record<string, string>): Buffer {
  const local: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const [name, text] of Object.entries(files)) {
    const content = Buffer.from(text)
    const head = Buffer.alloc(30)
    head.writeUInt32LE(0x04034b50, 0)
    head.writeUInt16LE(20, 4)
    head.writeUInt32LE(crc(content), 14)
    head.writeUInt32LE(content.length, 18)
    head.writeUInt32LE(content.length, 22)
    head.writeUInt16LE(name.length, 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(20, 4)
    entry.writeUInt16LE(20, 6)
    head.copy(entry, 16, 14, 30)
    entry.writeUInt32LE(offset, 42)
    local.push(head, Buffer.from(name), content)
    central.push(entry, Buffer.from(name))
    offset += 30 + name.length + content.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(Object.keys(files).length, 8)
  end.writeUInt16LE(Object.keys(files).length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...local, directory, end])
}

function crc(content: Buffer): number {
  let sum = -1
  for (const byte of content) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0)
  }
  return (sum ^ -1) >>> 0
}

const MLMODEL = JSON.stringify({
  flavors: { python_function: { loader_module: 'x' } },
  signature: { inputs: '[{"type": "double", "name": "age", "required": true}]', outputs: '[{"type": "long", "name": "prediction"}]' },
})

test('a model: its versions compared, named, edited, staged and deleted, with ways back', async ({ admin, api }) => {
  for (const weights of ['1', '2']) {
    const sent = await api.post('/api/v1/models/journey/versions', { data: zipped({ MLmodel: MLMODEL, 'weights.txt': weights }), headers: { 'Content-Type': 'application/zip' } })
    expect(sent.ok(), await sent.text()).toBe(true)
  }
  await admin.goto('/models?q=journ')
  await admin.getByRole('link', { name: 'journey' }).click()
  await admin.getByLabel('Compare version 1').check()
  await admin.getByLabel('Compare version 2').check()
  await admin.getByRole('button', { name: 'Compare 2 versions' }).click()
  await expect(admin.getByRole('heading', { name: 'Versions 2, 1 compared' })).toBeVisible()
  await expect(admin).toHaveURL(/compare=/)

  await admin.getByLabel('Alias', { exact: true }).fill('champion')
  await admin.getByRole('button', { name: 'Set' }).click()
  await expect(admin.getByText('@champion is version 2 now.')).toBeVisible()
  await admin.getByRole('button', { name: 'Remove @champion' }).click()
  await expect(admin.getByText('@champion is removed.')).toBeVisible()
  await admin.getByRole('status').filter({ hasText: 'removed' }).getByRole('button', { name: 'Undo' }).last().click()
  await expect(admin.getByRole('button', { name: 'Remove @champion' })).toBeVisible()

  await admin.getByRole('button', { name: 'Edit' }).click()
  await admin.getByLabel('Description').fill('For the journey')
  await admin.getByLabel('Tags').fill('no tag')
  await expect(admin.getByText(/is no tag/)).toBeVisible()
  await admin.getByLabel('Tags').fill('team=risk')
  await admin.getByRole('button', { name: 'Save' }).click()
  await expect(admin.getByText('team=risk')).toBeVisible()
  await expectAccessible(admin)

  await admin.getByRole('link', { name: 'Version 1', exact: true }).first().click()
  await expect(admin.getByText('ml.models.get("journey", version=1).load()')).toBeVisible()
  await admin.getByLabel('Stage').selectOption('Staging')
  await expect(admin.getByText('Stage Staging now.')).toBeVisible()
  await expectAccessible(admin)
  const saved = admin.waitForEvent('download')
  await admin.getByRole('button', { name: 'Download' }).click()
  expect((await saved).suggestedFilename()).toBe('journey-v1.zip')

  await admin.getByRole('button', { name: 'More' }).click()
  await admin.getByRole('menuitem', { name: 'Delete this version' }).click()
  await admin.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(admin.getByText('journey v1 is gone.')).toBeVisible()
  await admin.getByRole('button', { name: 'Delete the model' }).click()
  await admin.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(admin).toHaveURL(/\/models(\?|$)/)
})
