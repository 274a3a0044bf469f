import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Rocket } from 'lucide-react'

import { Ago, ButtonLink, Card, Empty, Loaded, Page, Status, Table, type Column } from '@/components'

import { deploymentsQuery, type Deployment } from '../api'

export default function DeploymentsPage() {
  const query = useInfiniteQuery(deploymentsQuery())
  const items = query.data?.pages.flatMap((page) => page.items)
  const action = <ButtonLink look="primary" to="/models">Choose a model</ButtonLink>
  return (
    <Page title="Deployments" subtitle="Models that answer predictions.">
      <Card flush>
        <Loaded query={{ ...query, data: items }}>
          {(deployments) =>
            deployments.length === 0 ? (
              <Empty icon={<Rocket />} title="No deployment yet" action={action} code="maestro deploy churn/3 --name churn">
                Open a version of a model and press Deploy; it answers a moment later.
              </Empty>
            ) : (
              <Table label="Deployments" columns={COLUMNS} rows={deployments} rowKey={({ id }) => id} more={query.hasNextPage && (() => void query.fetchNextPage())} />
            )
          }
        </Loaded>
      </Card>
    </Page>
  )
}

const COLUMNS: Column<Deployment>[] = [
  { header: 'Name', cell: ({ name }) => <Link to="/deployments/$name" params={{ name }}>{name}</Link> },
  { header: 'State', tight: true, cell: ({ state }) => <Status state={state} /> },
  { header: 'Serves', wide: true, cell: ({ routes }) => routes.map(({ model, version }) => `${model} v${version}`).join(', ') },
  { header: 'By', wide: true, cell: ({ created_by }) => created_by },
  { header: 'Changed', tight: true, cell: ({ updated_at }) => <Ago time={updated_at} /> },
]
