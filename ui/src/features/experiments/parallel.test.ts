import { expect, it } from 'vitest'

import type { Comparison } from './api'
import { axesOf } from './parallel'

const comparison = (params: Comparison['params']): Comparison => ({ runs: [], params, metrics: [], tags: [] })

it('leaves out what is equal, and spreads orders of magnitude evenly', () => {
  const axes = axesOf(
    comparison([
      { key: 'lr', differs: true, values: ['0.0001', '0.01', '1'] },
      { key: 'seed', differs: false, values: ['1', '1', '1'] },
      { key: 'model', differs: true, values: ['b', null, 'a'] },
    ]),
  )
  expect(axes.map(({ key }) => key)).toEqual(['lr', 'model'])
  expect(axes[0]?.places.map((place) => place?.toFixed(2))).toEqual(['0.00', '0.50', '1.00'])
  expect(axes[1]?.places).toEqual([1, null, 0])
})
