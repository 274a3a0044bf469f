import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

const SOURCE = join(import.meta.dirname, '..')
const FILES = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
const COLOUR = /#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|oklch)\(/i

it.each(FILES.filter((file) => file.endsWith('.css') && !file.endsWith('tokens.css')))(
  'takes its colours from the tokens: %s',
  (file) => expect(readFileSync(join(SOURCE, file), 'utf8')).not.toMatch(COLOUR),
)

it('names only tokens that there are', () => {
  const known = new Set(readFileSync(join(SOURCE, 'theme/tokens.css'), 'utf8').match(/--[a-z0-9-]+(?=:)/g))
  const code = FILES.filter((each) => /\.tsx?$/.test(each)).map((each) => readFileSync(join(SOURCE, each), 'utf8'))
  const handed = new Set(code.flatMap((text) => text.match(/(?<=['"`])--[a-z0-9-]+(?=['"`])/g) ?? []))
  for (const file of FILES.filter((each) => each.endsWith('.css'))) {
    const text = readFileSync(join(SOURCE, file), 'utf8')
    const own = new Set(text.match(/--[a-z0-9-]+(?=:)/g))
    for (const [, name = ''] of text.matchAll(/var\((--[a-z0-9-]+)/g)) {
      expect(known.has(name) || handed.has(name) || own.has(name), `${name} in ${file}`).toBe(true)
    }
  }
})
