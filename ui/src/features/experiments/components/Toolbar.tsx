import { Columns3, Group, Trash2 } from 'lucide-react'

import { BareSelect, Button } from '@/components'

import type { KnownKeys } from '../columns'
import type { RunStatus, RunTableSearch, Values } from '../search'
import { FilterInput } from './FilterInput'
import styles from './toolbar.module.css'

interface Props {
  search: RunTableSearch
  onSearch: (change: Partial<RunTableSearch>) => void
  keys: KnownKeys
  /** Why the server could not read the filter. */
  error: unknown
  onColumns: () => void
  onGroup: () => void
  /** Views and files, which have menus of their own. */
  children: React.ReactNode
}

const STATUSES: RunStatus[] = ['running', 'finished', 'failed', 'killed', 'scheduled']
const VALUES: [Values | '', string][] = [['', 'Last values'], ['best', 'Best values'], ['min', 'Lowest values'], ['max', 'Highest values']]

export function Toolbar({ search, onSearch, keys, error, onColumns, onGroup, children }: Props) {
  const deleted = search.view === 'deleted'
  return (
    <div className={styles['bar']} role="search" aria-label="Runs">
      <FilterInput value={search.filter ?? ''} keys={keys} error={error} onChange={(filter) => onSearch({ filter })} />
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
      <div className={styles['narrow']}>
        <BareSelect
          label="Values of metrics"
          value={search.values ?? ''}
          onChange={(event) => onSearch({ values: VALUES.map(([value]) => value).find((value): value is Values => value !== '' && value === event.target.value) })}
        >
          {VALUES.map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </BareSelect>
      </div>
      <div className={styles['end']}>
        <Button icon={<Group />} aria-pressed={search.group !== undefined} look={search.group ? 'primary' : 'plain'} onClick={onGroup}>
          Group
        </Button>
        <Button icon={<Columns3 />} onClick={onColumns}>
          Columns
        </Button>
        {children}
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
