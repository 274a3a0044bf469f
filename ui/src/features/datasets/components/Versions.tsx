import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { GitCompareArrows } from 'lucide-react'
import { useState } from 'react'

import { Ago, Button, Card, Chip, Loaded, Notice, Table } from '@/components'
import { bytes, count, metric, percent, plural } from '@/format'

import { profileQuery, versionsQuery } from '../api'
import { compareProfiles, missingShare, type ColumnChange } from '../comparison'

interface Props {
  dataset: string
  compare: [number, number] | undefined
  onCompare: (pair: [number, number] | null) => void
}

/** All versions; two of them, once chosen, beside each other. */
export function Versions({ dataset, compare, onCompare }: Props) {
  const query = useInfiniteQuery(versionsQuery(dataset))
  const items = query.data?.pages.flatMap((page) => page.items)
  const [chosen, setChosen] = useState<number[]>(compare ?? [])
  const toggle = (number: number) => setChosen(chosen.includes(number) ? chosen.filter((each) => each !== number) : [...chosen.slice(-1), number])
  const [first, second] = [...chosen].sort((a, b) => a - b)
  const button = items && items.length > 1 && (
    <Button small icon={<GitCompareArrows />} disabled={first === undefined || second === undefined} onClick={() => first !== undefined && second !== undefined && onCompare([first, second])}>
      {second === undefined ? 'Choose two to compare' : `Compare ${first} and ${second}`}
    </Button>
  )
  return (
    <>
      <Card title="Versions" actions={button || undefined} flush>
        <Loaded query={{ ...query, data: items }}>
          {(versions) => (
            <Table
              label="Versions"
              columns={[
                {
                  header: 'Choose',
                  bare: true,
                  tight: true,
                  cell: ({ number }) => <input type="checkbox" aria-label={`Compare version ${number}`} checked={chosen.includes(number)} onChange={() => toggle(number)} />,
                },
                { header: 'Version', tight: true, cell: ({ number }) => <Link to="/datasets/$dataset" params={{ dataset }} search={{ version: number }}>{`Version ${number}`}</Link> },
                { header: 'Rows', number: true, cell: ({ rows }) => count(rows) },
                { header: 'Columns', number: true, wide: true, cell: ({ columns }) => count(columns.length) },
                { header: 'Size', number: true, wide: true, cell: (version) => bytes(version.bytes) },
                { header: 'From', wide: true, cell: ({ source }) => source },
                { header: 'Hash', wide: true, cell: ({ content_sha256 }) => <code>{content_sha256.slice(0, 12)}</code> },
                { header: 'By', wide: true, cell: ({ created_by_name }) => created_by_name },
                { header: 'Created', tight: true, cell: ({ created_at }) => <Ago time={created_at} /> },
              ]}
              rows={versions}
              rowKey={({ id }) => id}
              more={query.hasNextPage && (() => void query.fetchNextPage())}
            />
          )}
        </Loaded>
      </Card>
      {compare && <Comparison dataset={dataset} pair={compare} onClose={() => onCompare(null)} />}
    </>
  )
}

function Comparison({ dataset, pair: [first, second], onClose }: { dataset: string; pair: [number, number]; onClose: () => void }) {
  const before = useQuery(profileQuery(dataset, first))
  const after = useQuery(profileQuery(dataset, second))
  const both = before.data && after.data && { before: before.data, after: after.data }
  return (
    <Card title={`Version ${first} → version ${second}`} actions={<Button small onClick={onClose}>Close</Button>} flush>
      <Loaded query={{ data: both, error: before.error ?? after.error, refetch: () => Promise.all([before.refetch(), after.refetch()]) }}>
        {(profiles) => {
          const changes = compareProfiles(profiles.before, profiles.after)
          const schema = changes.filter(({ kind }) => kind !== 'same').length
          return (
            <>
              <Notice kind={schema > 0 ? 'warning' : 'info'}>
                {count(profiles.before.rows)} → {count(profiles.after.rows)} rows.{' '}
                {schema === 0 ? 'Both have the same columns with the same types.' : `${plural(schema, 'column')} came, went or changed type.`}
              </Notice>
              <Table label="Columns of both versions" columns={COLUMNS} rows={changes} rowKey={({ name }) => name} />
            </>
          )
        }}
      </Loaded>
    </Card>
  )
}

const words = { added: 'new', removed: 'gone', changed: 'other type', same: '' }
const both = ({ before, after }: ColumnChange, told: (column: NonNullable<ColumnChange['before']>) => string) => {
  const [was, is] = [before ? told(before) : '–', after ? told(after) : '–']
  return was === is ? was : `${was} → ${is}`
}

const COLUMNS = [
  { header: 'Column', cell: ({ name, kind }: ColumnChange) => <>{name} {kind !== 'same' && <Chip strong>{words[kind]}</Chip>}</> },
  { header: 'Type', tight: true, cell: (change: ColumnChange) => both(change, ({ type }) => type) },
  { header: 'Missing', number: true, tight: true, cell: (change: ColumnChange) => both(change, (column) => percent(missingShare(column), 1)) },
  { header: 'Distinct', number: true, wide: true, cell: (change: ColumnChange) => both(change, ({ distinct }) => count(distinct)) },
  { header: 'Mean', number: true, wide: true, cell: (change: ColumnChange) => both(change, ({ mean }) => (typeof mean === 'number' ? metric(mean) : '–')) },
  { header: 'Mean moved by', number: true, cell: ({ shift }: ColumnChange) => (shift === null ? '–' : `${shift.toFixed(2)} std`) },
]
