import { Download, FileSpreadsheet, FileText } from 'lucide-react'
import { useState } from 'react'

import { Button, Menu, MenuItem, tell, tellProblem } from '@/components'

import { saveTable, type FileFormat } from '../export'
import type { RunTableSearch } from '../search'

interface Props {
  experimentId: string
  name: string
  search: RunTableSearch
  columns: string[]
}

/** Every run that the table finds, not only those that are loaded. */
export function ExportMenu({ experimentId, name, search, columns }: Props) {
  const [busy, setBusy] = useState(false)
  const save = async (format: FileFormat, chosen: string[]) => {
    setBusy(true)
    try {
      await saveTable(experimentId, name, search, format, chosen)
      tell(`${name}.${format} is saved.`)
    } catch (error) {
      tellProblem(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Menu trigger={<Button icon={<Download />} disabled={busy}>{busy ? 'Exporting…' : 'Export'}</Button>}>
      <MenuItem icon={<FileText />} onSelect={() => void save('csv', columns)}>CSV with these columns</MenuItem>
      <MenuItem icon={<FileText />} onSelect={() => void save('csv', [])}>CSV with everything</MenuItem>
      <MenuItem icon={<FileSpreadsheet />} onSelect={() => void save('parquet', columns)}>Parquet with these columns</MenuItem>
      <MenuItem icon={<FileSpreadsheet />} onSelect={() => void save('parquet', [])}>Parquet with everything</MenuItem>
    </Menu>
  )
}
