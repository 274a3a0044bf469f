import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'

import { ActionButton } from '@/access'
import { Chip, Chips, ConfirmDelete, Grid, Loaded, Page, tell } from '@/components'

import { modelQuery, useDeleteModel, useDescribe, type Model } from '../api'
import { AliasCard } from '../components/AliasCard'
import { Comparison } from '../components/Comparison'
import { EditDialog } from '../components/EditDialog'
import { History } from '../components/History'
import { VersionTable } from '../components/VersionTable'
import styles from '../components/version.module.css'

const route = getRouteApi('/inside/models/$name')

export default function ModelPage() {
  const { name } = route.useParams()
  const { compare } = route.useSearch()
  const navigate = route.useNavigate()
  const query = useQuery(modelQuery(name))
  const [asking, setAsking] = useState<'edit' | 'delete' | null>(null)
  const remove = useDeleteModel(name)
  const show = (versions: number[]) => void navigate({ search: versions.length > 1 ? { compare: versions } : {} })
  return (
    <Page
      title={name}
      crumbs={[<Link key="up" to="/models" search={{}}>Models</Link>]}
      subtitle={query.data && <Told model={query.data} />}
      actions={
        <>
          <ActionButton permission="model:write" icon={<Pencil />} onClick={() => setAsking('edit')}>Edit</ActionButton>
          <ActionButton permission="model:delete" look="danger" icon={<Trash2 />} label="Delete the model" onClick={() => setAsking('delete')} />
        </>
      }
    >
      <Loaded query={query}>
        {(model) => (
          <>
            <VersionTable name={name} compared={compare ?? []} onCompare={show} />
            {compare && <Comparison name={name} versions={compare} onClose={() => show([])} />}
            <Grid least={420}>
              <AliasCard model={model} />
              <History name={name} />
            </Grid>
            {asking === 'edit' && <Edit model={model} onClose={() => setAsking(null)} />}
          </>
        )}
      </Loaded>
      <ConfirmDelete
        open={asking === 'delete'}
        onClose={() => setAsking(null)}
        name={name}
        told="All of its versions and files are gone then, and there is no way back. A version that a deployment serves keeps it from being deleted. Its history stays."
        remove={() => remove.mutateAsync()}
        onGone={() => {
          tell(`${name} is gone.`)
          void navigate({ to: '/models', search: {} })
        }}
      />
    </Page>
  )
}

function Told({ model: { description, tags } }: { model: Model }) {
  return (
    <div className={styles['tags']}>
      {description && <div className={styles['text']}>{description}</div>}
      {Object.keys(tags).length > 0 && (
        <Chips>
          {Object.entries(tags).map(([key, value]) => (
            <Chip key={key}>{`${key}=${value}`}</Chip>
          ))}
        </Chips>
      )}
    </div>
  )
}

function Edit({ model, onClose }: { model: Model; onClose: () => void }) {
  const describe = useDescribe(model.name)
  const { description, tags } = model
  return (
    <EditDialog
      title={`Edit ${model.name}`}
      description={description}
      tags={tags}
      busy={describe.isPending}
      error={describe.error}
      onClose={onClose}
      onSave={(changed) =>
        describe.mutate(changed, {
          onSuccess: () => {
            onClose()
            tell('Saved.', () => describe.mutate({ description, tags }))
          },
        })
      }
    />
  )
}
