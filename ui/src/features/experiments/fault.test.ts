import { expect, it } from 'vitest'

import { faultOf } from './fault'

const wrong = (text: string) => {
  const fault = faultOf(text)
  return fault && [text.slice(fault.start, fault.end), fault.start]
}

it.each([
  ['metrics.auc >> 0.2', ['>>', 12]],
  ['metrics.auc > ', ['', 14]],
  ['metrics.auc > abc', ['abc', 14]],
  ["params.model = 'lgbm' or params.lr = '1'", ['or', 22]],
  ['metric auc > 1', ['metric', 0]],
  ["metrics.auc > 0.2 and params.model 'x'", ["'x'", 35]],
] as const)('marks what is wrong in %j', (text, place) => expect(wrong(text)).toEqual(place))

it.each([
  'metrics.auc > 0.2',
  "metrics.`val loss` <= -1e-3 AND params.model IN ('a', 'b') and tags.x IS NULL",
  "attributes.run_name ILIKE '%otter%'",
  "status = 'FINISHED'",
])('finds nothing wrong in %j', (text) => expect(faultOf(text)).toBeNull())
