import { expect, it } from 'vitest'

import { changedTexts } from './typed'

it('keeps what was changed, emptied or added, and nothing else', () => {
  const first = { age: '38', town: 'Rome', fare: '7' }
  const texts = { age: '8', town: '', fare: '7', cabin: 'C1', deck: '' }
  const changed = changedTexts(first, texts)
  expect(changed).toEqual({ age: '8', town: '', cabin: 'C1' })
  expect({ ...first, ...changed }).toEqual({ age: '8', town: '', fare: '7', cabin: 'C1' })
})
