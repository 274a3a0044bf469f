import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Boxes } from 'lucide-react'

import { Ago, BareInput, BareSelect, ButtonLink, Card, Chip, Chips, Empty, Loaded, Page, Table, type Column } from '@/components'

import { modelsQuery, type Model } from '../api'
import styles from '../components/version.module.css'
import { ORDERS, type Order } from '../search'

const route = getRouteApi('/inside/models')

export default function ModelsPage() {
  const { q: search = '', order = 'updated' } = route.useSearch()
  const navigate = route.useNavigate()
  const query = useInfiniteQuery({ ...modelsQuery({ order, ...(search && { search }) }), placeholderData: keepPreviousData })
  const items = query.data?.pages.flatMap((page) => page.items)
  const change = (next: { q?: string; order?: Order }) =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true })
  const action = <ButtonLink look="primary" to="/automl/new">Find a model</ButtonLink>
  return (
    <Page title="Models" subtitle="Registered models, their versions, aliases and stages.">
      <div className={styles['finder']}>
        <BareInput label="Find a model" type="search" placeholder="Find by name" value={search} onChange={(event) => change({ q: event.target.value })} />
        <BareSelect label="Order" value={order} onChange={(event) => change({ order: event.target.value as Order })}>
          {Object.entries(ORDERS).map(([value, label]) => (
            <option key={value} value={value}>{label}</option>
          ))}
        </BareSelect>
      </div>
      <Card flush>
        <Loaded query={{ ...query, data: items }}>
          {(models) =>
            models.length === 0 ? (
              <Empty icon={<Boxes />} title={search ? 'No model fits' : 'No model yet'} action={action} code={'mlflow.sklearn.log_model(model, name="model", registered_model_name="churn")'}>
                The winner of a search becomes one, and so does any model that MLflow logs with a name.
              </Empty>
            ) : (
              <Table label="Models" columns={COLUMNS} rows={models} rowKey={({ id }) => id} more={query.hasNextPage && (() => void query.fetchNextPage())} />
            )
          }
        </Loaded>
      </Card>
    </Page>
  )
}

const COLUMNS: Column<Model>[] = [
  { header: 'Name', cell: ({ name }) => <Link to="/models/$name" params={{ name }}>{name}</Link> },
  { header: 'Latest', tight: true, cell: ({ latest_version }) => (latest_version ? `v${latest_version}` : '–') },
  {
    header: 'Aliases',
    wide: true,
    cell: ({ aliases }) => (
      <Chips>
        {Object.entries(aliases).map(([alias, version]) => (
          <Chip key={alias} strong>{`@${alias} → v${version}`}</Chip>
        ))}
      </Chips>
    ),
  },
  { header: 'Description', wide: true, cell: ({ description }) => description.slice(0, 120) },
  { header: 'By', wide: true, cell: ({ created_by }) => created_by },
  { header: 'Changed', tight: true, cell: ({ updated_at }) => <Ago time={updated_at} /> },
]
