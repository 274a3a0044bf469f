import { expect, it } from 'vitest'

import { cellsOf } from './notebook'

it('reads cells and outputs as data', () => {
  const notebook = {
    cells: [
      { cell_type: 'markdown', source: ['# Title\n', 'words'] },
      {
        cell_type: 'code',
        source: 'print(1)',
        outputs: [
          { output_type: 'stream', text: ['1\n'] },
          { output_type: 'display_data', data: { 'text/html': '<script>alert(1)</script>', 'image/png': 'iVBORw0=\n' } },
          { output_type: 'execute_result', data: { 'text/html': '<b>x</b>', 'text/plain': 'x' } },
          { output_type: 'error', traceback: ['\u001b[31mKeyError\u001b[0m', '\n'], ename: 'KeyError', evalue: "'a'" },
        ],
      },
    ],
  }
  expect(cellsOf(JSON.stringify(notebook))).toEqual([
    { kind: 'markdown', text: '# Title\nwords' },
    {
      kind: 'code',
      text: 'print(1)',
      outputs: [
        { kind: 'text', text: '1\n' },
        { kind: 'image', png: 'iVBORw0=' },
        { kind: 'text', text: 'x' },
        { kind: 'error', text: 'KeyError\n' },
      ],
    },
  ])
})

it.each(['nonsense', '[]', '{"cells": 7}'])('says when %j is none', (text) => expect(cellsOf(text)).toBeNull())

it('shows no image that is none', () => {
  const cell = { cell_type: 'code', source: '', outputs: [{ output_type: 'display_data', data: { 'image/png': '"><script>' } }] }
  expect(cellsOf(JSON.stringify({ cells: [cell] }))).toEqual([{ kind: 'code', text: '', outputs: [] }])
})
