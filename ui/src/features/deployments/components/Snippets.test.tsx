import { expect, it } from 'vitest'

import { inPython } from './Snippets'

it('writes rows as Python does', () => {
  expect(inPython([{ age: null, alone: true, name: 'O"Neil', fare: 7.5 }])).toBe('[{"age": None, "alone": True, "name": "O\\"Neil", "fare": 7.5}]')
})
