import { expect, it } from 'vitest'

import type { Artifact } from './api'
import { previewOf, rowsOf, treeOf } from './tree'

const file = (path: string): Artifact => ({ path, size: 1, sha256: null, modified_at: '2026-05-01T00:00:00Z' })

it('puts files into their folders', () => {
  const root = treeOf([file('a.txt'), file('model/MLmodel'), file('model/data/x.bin')])
  expect(root.files.map(({ path }) => path)).toEqual(['a.txt'])
  expect(root.folders[0]?.folders[0]?.files[0]?.path).toBe('model/data/x.bin')
})

it.each([
  ['plots/roc.PNG', 'image'],
  ['model/MLmodel', 'text'],
  ['report.html', 'html'],
  ['a/plot.svg', 'drawing'],
  ['a/eda.ipynb', 'notebook'],
  ['weights.bin', 'none'],
])('shows %s as %s', (path, kind) => expect(previewOf(path)).toBe(kind))

it('reads quoted cells', () => {
  expect(rowsOf('a,b\r\n"x, ""y""","two\nlines"\n', ',', 10)).toEqual([['a', 'b'], ['x, "y"', 'two\nlines']])
  expect(rowsOf('1\n2\n3', ',', 2)).toEqual([['1'], ['2']])
})
