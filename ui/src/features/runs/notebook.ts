/** A Jupyter notebook as data: nothing of it is ever HTML here. */

export type NotebookCell =
  | { kind: 'markdown'; text: string }
  | { kind: 'code'; text: string; outputs: NotebookOutput[] }

export type NotebookOutput = { kind: 'text' | 'error'; text: string } | { kind: 'image'; png: string }

interface Raw {
  [key: string]: unknown
}

const isRaw = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Notebooks write texts whole or line by line. */
function joined(value: unknown): string {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string').join('') : typeof value === 'string' ? value : ''
}

// The colours of a terminal.
// oxlint-disable-next-line no-control-regex
const ESCAPES = /\u001b\[[0-9;]*[A-Za-z]/g

/** The cells of a notebook; null for a text that is none. */
export function cellsOf(text: string): NotebookCell[] | null {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return null
  }
  if (!isRaw(parsed) || !Array.isArray(parsed['cells'])) return null
  return parsed['cells'].filter(isRaw).map((cell) => {
    const source = joined(cell['source'])
    if (cell['cell_type'] !== 'code') return { kind: 'markdown', text: source }
    const outputs = Array.isArray(cell['outputs']) ? cell['outputs'].filter(isRaw).flatMap(outputOf) : []
    return { kind: 'code', text: source, outputs }
  })
}

function outputOf(output: Raw): NotebookOutput[] {
  if (output['output_type'] === 'stream') return [{ kind: 'text', text: joined(output['text']).replaceAll(ESCAPES, '') }]
  if (output['output_type'] === 'error') return [{ kind: 'error', text: joined([joined(output['traceback']) || `${joined(output['ename'])}: ${joined(output['evalue'])}`]).replaceAll(ESCAPES, '') }]
  const data = isRaw(output['data']) ? output['data'] : {}
  const png = joined(data['image/png']).replaceAll(/\s/g, '')
  if (/^[A-Za-z0-9+/]+=*$/.test(png)) return [{ kind: 'image', png }]
  const plain = joined(data['text/plain'])
  return plain ? [{ kind: 'text', text: plain }] : []
}
