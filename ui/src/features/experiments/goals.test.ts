import { expect, it } from 'vitest'

import { goalOf } from './goals'

it.each([
  ['val_loss', 'min'],
  ['rmse', 'min'],
  ['eval/wer', 'min'],
  ['epoch_time', 'min'],
  ['answer_accuracy', 'max'],
  ['auc', 'max'],
  ['power', 'max'],
] as const)('takes %s for better at its %s', (key, goal) => expect(goalOf(key, undefined)).toBe(goal))

it('lets people choose', () => expect(goalOf('val_loss', { val_loss: 'max' })).toBe('max'))
