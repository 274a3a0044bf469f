import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Boxes } from 'lucide-react'

import { Ago, Card, Chip, Chips, Empty, Loaded, Page, Table, type Column } from '@/components'
import { bytes, metric } from '@/format'

import { historyQuery, modelQuery, versionsQuery, type ModelVersion } from '../api'

const route = getRouteApi('/inside/models/$name')

export default function ModelPage() {
  const { name } = route.useParams()
  const model = useQuery(modelQuery(name))
  const query = useInfiniteQuery(versionsQuery(name))
  const items = query.data?.pages.flatMap((page) => page.items)
  return (
    <Page title={name} crumbs={[<Link key="up" to="/models">Models</Link>]} subtitle={model.data?.description}>
      <Card title="Versions" flush>
        <Loaded query={{ ...query, data: items, error: model.error ?? query.error }}>
          {(versions) =>
            versions.length === 0 ? (
              <Empty icon={<Boxes />} title="No version yet" />
            ) : (
              <Table label="Versions" columns={columnsFor(versions)} rows={versions} rowKey={({ id }) => id} more={query.hasNextPage && (() => void query.fetchNextPage())} />
            )
          }
        </Loaded>
      </Card>
      <History name={name} />
    </Page>
  )
}

const SHOWN = 3

function columnsFor(versions: ModelVersion[]): Column<ModelVersion>[] {
  const metrics = [...new Set(versions.flatMap((version) => Object.keys(version.metrics)))].slice(0, SHOWN)
  return [
    {
      header: 'Version',
      tight: true,
      cell: ({ model, version }) => (
        <Link to="/models/$name/$version" params={{ name: model, version: String(version) }}>{`Version ${version}`}</Link>
      ),
    },
    {
      header: 'Stands as',
      cell: ({ aliases, stage }) => (
        <Chips>
          {aliases.map((alias) => (
            <Chip key={alias} strong>{`@${alias}`}</Chip>
          ))}
          {stage !== 'None' && <Chip>{stage}</Chip>}
        </Chips>
      ),
    },
    ...metrics.map((key): Column<ModelVersion> => ({ header: key, number: true, wide: true, cell: (version) => metric(version.metrics[key]) })),
    { header: 'Kind', wide: true, cell: ({ flavor }) => flavor },
    { header: 'Size', number: true, wide: true, cell: ({ size_bytes }) => bytes(size_bytes) },
    { header: 'Created', tight: true, cell: ({ created_at }) => <Ago time={created_at} /> },
  ]
}

function History({ name }: { name: string }) {
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
              { header: 'To', wide: true, cell: ({ alias, stage }) => (alias ? `@${alias}` : (stage ?? '–')) },
              { header: 'By', cell: ({ actor }) => actor },
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
