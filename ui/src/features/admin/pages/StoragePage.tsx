import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import { useCallback, useState } from 'react'

import { ActionButton } from '@/access'
import { Card, Loaded, Page, Table } from '@/components'
import { bytes, count, plural } from '@/format'

import { storageQuery, type StorageShare, type Trash } from '../api'
import { Meter } from '../components/Meter'
import { PurgeDialog } from '../components/PurgeDialog'
import styles from '../components/storage.module.css'

const NAMES: Record<string, [string, string]> = {
  datasets: ['Data sets', 'version'],
  models: ['Models', 'version'],
  run_files: ['Files of runs', 'file'],
  runs: ['Runs', 'run'],
  experiments: ['Experiments', 'experiment'],
  metric_points: ['Points of metrics', 'point'],
}

export default function StoragePage() {
  const queries = useQueryClient()
  const query = useQuery(storageQuery)
  const [purging, setPurging] = useState<Trash | null>(null)
  const readAgain = useCallback(() => void queries.invalidateQueries({ queryKey: storageQuery.queryKey }), [queries])
  const whole = (query.data ?? []).reduce((sum, share) => sum + share.bytes, 0)
  const empty = (
    <>
      {(['runs', 'experiments'] as const).map((trash) => (
        <ActionButton key={trash} permission="experiment:delete" icon={<Trash2 />} onClick={() => setPurging(trash)}>
          Empty trash of {trash}
        </ActionButton>
      ))}
    </>
  )
  return (
    <Page title="Storage" subtitle={query.data ? `${bytes(whole)} in all: files, and rows before their indexes.` : 'What takes space.'} actions={empty}>
      <Card flush>
        <Loaded query={query}>
          {(shares) => (
            <Table
              label="Storage"
              columns={[
                { header: 'What', tight: true, cell: ({ domain }) => NAMES[domain]?.[0] ?? domain },
                { header: 'How many', number: true, cell: (share) => `${share.estimated ? 'about ' : ''}${plural(share.items, NAMES[share.domain]?.[1] ?? 'item')}` },
                { header: 'Size', number: true, cell: (share) => <Size share={share} whole={whole} /> },
                { header: 'In the trash', number: true, wide: true, cell: ({ trash_items, trash_bytes }) => (trash_items ? `${count(trash_items)}, ${bytes(trash_bytes)}` : '–') },
              ]}
              rows={[...shares].sort((one, other) => other.bytes - one.bytes)}
              rowKey={({ domain }) => domain}
            />
          )}
        </Loaded>
      </Card>
      {purging && <PurgeDialog trash={purging} onClose={() => setPurging(null)} onDone={readAgain} />}
    </Page>
  )
}

function Size({ share, whole }: { share: StorageShare; whole: number }) {
  return (
    <div className={styles['share']}>
      {share.estimated && 'about '}
      {bytes(share.bytes)}
      <Meter label={`Share of ${share.domain}`} part={share.bytes} whole={whole} />
    </div>
  )
}
