import { describe, expect, it } from 'vitest'

import { completions, quoteKey, toFilter } from './filter'

const keys = { metrics: ['val_auc', 'val/loss 🎯'], params: ['lr', 'model'], tags: ['team'] }
const offered = (text: string) => completions(text, keys).map((each) => each.text)

it.each([
  ['brisk', undefined, "attributes.run_name ILIKE '%brisk%'"],
  ["it's", undefined, 'attributes.run_name ILIKE "%it\'s%"'],
  ['metrics.auc > 0.9', 'failed', "metrics.auc > 0.9 and attributes.status = 'FAILED'"],
  ['', 'running', "attributes.status = 'RUNNING'"],
  ['  ', undefined, ''],
])('reads %j as a filter', (text, status, filter) => expect(toFilter(text, status)).toBe(filter))

it('quotes keys that are not words', () => {
  expect([quoteKey('val_auc'), quoteKey('val/loss 🎯'), quoteKey('a`b')]).toEqual(['val_auc', '`val/loss 🎯`', '"a`b"'])
})

describe('completion', () => {
  it('offers fields, then operators, then states', () => {
    expect(offered('auc')).toEqual(['metrics.val_auc'])
    expect(offered('metrics.val_auc ')).toContain('>=')
    expect(offered('params.model li')).toEqual(['LIKE', 'ILIKE'])
    expect(offered("attributes.status = 'FA")).toEqual(["'FAILED'"])
  })

  it('goes on after what is there', () => {
    const [first] = completions('metrics.val_auc > 0.9 and params.l', keys)
    expect(first?.whole).toBe('metrics.val_auc > 0.9 and params.lr ')
  })

  it('has nothing to say about values that only the reader knows', () => expect(offered('metrics.val_auc > 0')).toEqual([]))
})
