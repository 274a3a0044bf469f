// The scripts that a browser loads before it shows anything, as one list for size-limit.
import { readFile } from 'node:fs/promises'

const folder = new URL('../../src/maestro_ml/server/static/', import.meta.url)
const page = await readFile(new URL('index.html', folder), 'utf8')
const scripts = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, path]) => path)

// Static imports of those are loaded, too.
const seen = new Set()
async function add(path) {
  if (seen.has(path)) return
  seen.add(path)
  const code = await readFile(new URL(path, folder), 'utf8')
  const imports = [...code.matchAll(/(?:^|[;}])import[^(;]*?"\.\/([^"]+\.js)"/g)]
  for (const [, name] of imports) await add(`assets/${name}`)
}
for (const path of scripts) await add(path)

export const firstLoad = [...seen].map((path) => `../src/maestro_ml/server/static/${path}`)
