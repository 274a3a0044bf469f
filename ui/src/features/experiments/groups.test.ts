import { expect, it } from 'vitest'

import { membersOf, nameOf, type RunGroup } from './groups'

const group = (...values: (string | null)[]): RunGroup => ({ values, runs: 3, metrics: [] })

it('finds the runs of a group within what the table finds', () => {
  const search = { filter: 'otter', group: ['params.model'], sort: 'metrics.auc' }
  expect(membersOf(search, ['params.model', 'params.learning rate'], group("o'neil", null))).toEqual({
    filter: "attributes.run_name ILIKE '%otter%' and params.model = \"o'neil\" and params.`learning rate` IS NULL",
    sort: 'metrics.auc',
  })
  expect(membersOf({}, ['attributes.status'], group('FINISHED'))).toEqual({ filter: "attributes.status = 'FINISHED'" })
})

it('says when the language has no word for a value', () => expect(membersOf({}, ['params.a'], group(`'"`))).toBeNull())

it('names groups by their values', () => expect(nameOf(group('lgbm', null))).toBe('lgbm · (none)'))
