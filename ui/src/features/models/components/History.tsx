import { useQuery } from '@tanstack/react-query'

import { Ago, Card, Loaded, Table } from '@/components'

import { historyQuery } from '../api'

/** Every change of the model, newest first; nothing here is ever altered. */
export function History({ name }: { name: string }) {
  const query = useQuery(historyQuery(name))
  return (
    <Card title="History" flush>
      <Loaded query={query}>
        {({ events }) => (
          <Table
            label="History"
            columns={[
              { header: 'What', cell: (event) => event.kind.replaceAll('_', ' ') },
              { header: 'Version', tight: true, cell: ({ version }) => (version ? `v${version}` : '–') },
              { header: 'From', wide: true, cell: ({ previous, alias }) => (previous === null ? '–' : alias ? `v${previous}` : previous) },
              { header: 'To', wide: true, cell: ({ alias, stage }) => (alias ? `@${alias}` : (stage ?? '–')) },
              { header: 'By', wide: true, cell: ({ actor }) => actor },
              { header: 'When', tight: true, cell: ({ at }) => <Ago time={at} /> },
            ]}
            rows={events}
            rowKey={({ id }) => id}
          />
        )}
      </Loaded>
    </Card>
  )
}
