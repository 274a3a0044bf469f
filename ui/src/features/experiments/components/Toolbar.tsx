import { Columns3, Download, Trash2 } from 'lucide-react'
import { useEffect, useState } from 'react'

import { BareInput, BareSelect, Button } from '@/components'

import type { RunStatus, RunTableSearch } from '../search'
import styles from './toolbar.module.css'

interface Props {
  search: RunTableSearch
  onSearch: (change: Partial<RunTableSearch>) => void
  onColumns: () => void
  onExport: () => void
}

const STATUSES: RunStatus[] = ['running', 'finished', 'failed', 'killed', 'scheduled']
const PAUSE_MS = 250

export function Toolbar({ search, onSearch, onColumns, onExport }: Props) {
  // What is being typed; the address has it after a pause.
  const [name, setName] = useState<string | null>(null)
  useEffect(() => {
    if (name === null) return undefined
    const timer = setTimeout(() => {
      onSearch({ name })
      setName(null)
    }, PAUSE_MS)
    return () => clearTimeout(timer)
  }, [name, onSearch])

  const deleted = search.view === 'deleted'
  return (
    <div className={styles['bar']} role="search" aria-label="Runs">
      <BareInput
        label="Part of a run's name"
        className={styles['grow']}
        type="search"
        placeholder="Find by name"
        value={name ?? search.name ?? ''}
        onChange={(event) => setName(event.target.value)}
      />
      <div className={styles['narrow']}>
        <BareSelect
          label="Status"
          value={search.status ?? ''}
          onChange={(event) => onSearch({ status: STATUSES.find((status) => status === event.target.value) })}
        >
          <option value="">Any status</option>
          {STATUSES.map((status) => (
            <option key={status} value={status}>
              {status.slice(0, 1).toUpperCase() + status.slice(1)}
            </option>
          ))}
        </BareSelect>
      </div>
      <div className={styles['end']}>
        <Button icon={<Columns3 />} onClick={onColumns}>
          Columns
        </Button>
        <Button icon={<Download />} onClick={onExport}>
          CSV
        </Button>
        <Button
          look={deleted ? 'primary' : 'plain'}
          icon={<Trash2 />}
          aria-pressed={deleted}
          onClick={() => onSearch({ view: deleted ? undefined : 'deleted' })}
        >
          Trash
        </Button>
      </div>
    </div>
  )
}
