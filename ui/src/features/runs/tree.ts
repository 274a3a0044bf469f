/** Files as a tree of folders. */
import type { Artifact } from './api'

export interface Folder {
  name: string
  folders: Folder[]
  files: Artifact[]
}

export function treeOf(files: Artifact[]): Folder {
  const root: Folder = { name: '', folders: [], files: [] }
  for (const file of files) {
    const parts = file.path.split('/').slice(0, -1)
    let place = root
    for (const name of parts) {
      let next = place.folders.find((folder) => folder.name === name)
      if (!next) {
        next = { name, folders: [], files: [] }
        place.folders.push(next)
      }
      place = next
    }
    place.files.push(file)
  }
  return root
}

export type PreviewKind = 'image' | 'drawing' | 'table' | 'json' | 'notebook' | 'html' | 'markdown' | 'text' | 'none'

const KINDS: [PreviewKind, RegExp][] = [
  ['image', /\.(png|jpe?g|gif|webp|bmp)$/i],
  ['drawing', /\.svg$/i],
  ['table', /\.(csv|tsv)$/i],
  ['json', /\.json$/i],
  ['notebook', /\.ipynb$/i],
  ['html', /\.html?$/i],
  ['markdown', /\.md$/i],
  ['text', /(\.(txt|log|py|ya?ml|toml|cfg|ini|sh|r|sql|xml|conf|diff|patch|rst)|(^|\/)(MLmodel|MLproject|conda\.yaml|Dockerfile))$/i],
]

/** How a file of this name is shown. */
export function previewOf(path: string): PreviewKind {
  return KINDS.find(([, pattern]) => pattern.test(path))?.[0] ?? 'none'
}

/** Rows of a CSV or TSV text; quoted cells may hold separators and line breaks. */
export function rowsOf(text: string, separator: string, most: number): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let quoted = false
  const endRow = () => {
    rows.push([...row, cell])
    row = []
    cell = ''
  }
  for (let index = 0; index < text.length && rows.length < most; index += 1) {
    const char = text[index]
    if (quoted) {
      if (char !== '"') cell += char
      else if (text[index + 1] === '"') {
        cell += '"'
        index += 1
      } else quoted = false
    } else if (char === '"') quoted = true
    else if (char === separator) {
      row.push(cell)
      cell = ''
    } else if (char === '\n') endRow()
    else if (char !== '\r') cell += char
  }
  if ((cell || row.length > 0) && rows.length < most) endRow()
  return rows
}
