import { useQuery } from '@tanstack/react-query'

import { Button, Card, Chip, Loaded, Notice, Table } from '@/components'
import { metric } from '@/format'

import { compareQuery } from '../api'

interface Row {
  what: 'metric' | 'param' | 'column'
  name: string
  values: (string | number | null)[]
}

/** Versions beside each other: every metric, and the params and columns in which they differ. */
export function Comparison({ name, versions, onClose }: { name: string; versions: number[]; onClose: () => void }) {
  const query = useQuery(compareQuery(name, versions))
  const rows = (what: Row['what'], found: Record<string, Record<string, string | number | null>>): Row[] =>
    Object.entries(found).map(([key, values]) => ({ what, name: key, values: versions.map((version) => values[version] ?? null) }))
  return (
    <Card title={`Versions ${versions.join(', ')} compared`} actions={<Button small onClick={onClose}>Close</Button>} flush>
      <Loaded query={query}>
        {({ metrics, params, columns }) => {
          const all = [...rows('metric', metrics), ...rows('param', params), ...rows('column', columns)]
          if (all.length === 0) return <Notice>Nothing differs: they have no metrics, and the same params and signature.</Notice>
          return (
            <Table
              label="Comparison of versions"
              columns={[
                { header: 'What', tight: true, cell: (row) => <>{row.name} {row.what !== 'metric' && <Chip>{row.what}</Chip>}</> },
                ...versions.map((version, index) => ({
                  header: `v${version}`,
                  number: true,
                  cell: ({ values }: Row) => metric(values[index] ?? null),
                })),
              ]}
              rows={all}
              rowKey={({ what, name: key }) => `${what} ${key}`}
            />
          )
        }}
      </Loaded>
    </Card>
  )
}
