// Writes file.br and file.gz beside every built text file, so that the server never compresses.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const folder = new URL('../../src/maestro_ml/server/static/assets/', import.meta.url).pathname
const brotli = promisify(brotliCompress)
const zip = promisify(gzip)
const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }

const names = (await readdir(folder)).filter((name) => /\.(js|css|svg)$/.test(name))
await Promise.all(
  names.map(async (name) => {
    const bytes = await readFile(join(folder, name))
    if (bytes.length < 1024) return
    await writeFile(join(folder, `${name}.br`), await brotli(bytes, quality))
    await writeFile(join(folder, `${name}.gz`), await zip(bytes, { level: 9 }))
  }),
)
