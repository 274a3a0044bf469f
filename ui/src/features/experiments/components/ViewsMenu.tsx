import { useQuery } from '@tanstack/react-query'
import { Bookmark, BookmarkPlus, Eye, Link2, Save, Trash2 } from 'lucide-react'
import { useState } from 'react'

import { useRefusal } from '@/access'
import { Button, Dialog, Menu, MenuItem, ProblemPanel, tell, tellProblem, TextField } from '@/components'

import type { RunTableSearch } from '../search'
import { addressOf, isChanged, useCreateView, useDeleteView, useUpdateView, viewsQuery, type RunView } from '../views'

interface Props {
  experimentId: string
  search: RunTableSearch
  onOpen: (search: RunTableSearch) => void
}

/** Saved views: open, save, change, share, delete. */
export function ViewsMenu({ experimentId, search, onOpen }: Props) {
  const [naming, setNaming] = useState(false)
  const views = useQuery(viewsQuery(experimentId)).data?.items ?? []
  const refusal = useRefusal('experiment:write')
  const update = useUpdateView(experimentId)
  const create = useCreateView(experimentId)
  const remove = useDeleteView(experimentId)
  const current = views.find(({ id }) => id === search.saved)
  const changed = current !== undefined && isChanged(current, search)
  const allowed = (act: () => void) => () => (refusal === null ? act() : tellProblem(new Error(refusal)))
  const drop = (view: RunView) =>
    remove.mutate(view.id, {
      onSuccess: () => {
        onOpen(without(search))
        tell(`The view ${view.name} is deleted.`, () =>
          create.mutate({ name: view.name, state: addressOf(view) }, { onSuccess: (again) => onOpen(addressOf(again)), onError: tellProblem }),
        )
      },
      onError: tellProblem,
    })
  const save = (view: RunView) =>
    update.mutate({ id: view.id, state: search }, { onSuccess: () => tell(`The view ${view.name} shows this now.`), onError: tellProblem })
  const share = () =>
    void navigator.clipboard?.writeText(location.href).then(() => tell('The address of this view is copied; who may read the experiment sees the same.'))
  return (
    <>
      <Menu
        align="start"
        trigger={
          <Button icon={<Bookmark />} look={current ? 'primary' : 'plain'}>
            {current ? `${current.name}${changed ? ' ·' : ''}` : 'Views'}
          </Button>
        }
      >
        {views.map((view) => (
          <MenuItem key={view.id} icon={<Eye />} onSelect={() => onOpen(addressOf(view))}>
            {view.name}
          </MenuItem>
        ))}
        {current && <MenuItem icon={<Eye />} onSelect={() => onOpen({})}>All runs, as at first</MenuItem>}
        {current && changed && <MenuItem icon={<Save />} onSelect={allowed(() => save(current))}>Save into {current.name}</MenuItem>}
        <MenuItem icon={<BookmarkPlus />} onSelect={allowed(() => setNaming(true))}>Save as a new view…</MenuItem>
        <MenuItem icon={<Link2 />} onSelect={share}>Copy the address</MenuItem>
        {current && <MenuItem danger icon={<Trash2 />} onSelect={allowed(() => drop(current))}>Delete {current.name}</MenuItem>}
      </Menu>
      {naming && <Naming experimentId={experimentId} search={search} onClose={() => setNaming(false)} onSaved={(view) => onOpen(addressOf(view))} />}
    </>
  )
}

function without({ saved: _saved, ...rest }: RunTableSearch): RunTableSearch {
  return rest
}

interface NamingProps {
  experimentId: string
  search: RunTableSearch
  onClose: () => void
  onSaved: (view: RunView) => void
}

function Naming({ experimentId, search, onClose, onSaved }: NamingProps) {
  const [name, setName] = useState('')
  const create = useCreateView(experimentId)
  const save = () =>
    create.mutate(
      { name, state: search },
      {
        onSuccess: (view) => {
          onSaved(view)
          onClose()
        },
      },
    )
  const footer = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button look="primary" disabled={!name.trim() || create.isPending} onClick={save}>
        Save
      </Button>
    </>
  )
  return (
    <Dialog open onClose={onClose} title="Save this view" told="Filter, columns, order and groups, for everybody who may read the experiment." footer={footer}>
      <TextField label="Name" value={name} maxLength={120} onChange={(event) => setName(event.target.value)} onKeyDown={(event) => event.key === 'Enter' && name.trim() && save()} />
      {create.error && <ProblemPanel error={create.error} />}
    </Dialog>
  )
}
