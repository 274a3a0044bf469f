import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Boxes } from 'lucide-react'
import { useDeferredValue, useState } from 'react'

import { Ago, BareInput, ButtonLink, Card, Chip, Chips, Empty, Loaded, Page, Table, type Column } from '@/components'

import { modelsQuery, type Model } from '../api'

export default function ModelsPage() {
  const [text, setText] = useState('')
  const search = useDeferredValue(text.trim())
  const query = useInfiniteQuery(modelsQuery(search ? { search } : {}))
  const items = query.data?.pages.flatMap((page) => page.items)
  const action = <ButtonLink look="primary" to="/automl/new">Find a model</ButtonLink>
  return (
    <Page title="Models" subtitle="Registered models, their versions, aliases and stages.">
      <BareInput label="Find a model" type="search" placeholder="Find by name" value={text} onChange={(event) => setText(event.target.value)} />
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
