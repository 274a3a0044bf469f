import { RotateCcw, Trash2 } from 'lucide-react'
import { useState } from 'react'

import { ActionButton } from '@/access'
import { ConfirmDelete, tell, tellProblem } from '@/components'
import { bytes } from '@/format'

import { useDeleteDataset, usePurgeDataset, useRestoreDataset, type Dataset } from '../api'

type Named = Pick<Dataset, 'id' | 'name'>

/** Deletes to the trash; the way back is in what is told. */
export function useDeleteWithUndo(): (dataset: Named, after?: () => void) => void {
  const remove = useDeleteDataset()
  const restore = useRestoreDataset()
  return ({ id, name }, after) => {
    // By promises: what is handed to `mutate` is forgotten when the page is left.
    const back = () => void restore.mutateAsync(id).then(() => tell(`${name} is back.`), tellProblem)
    void remove.mutateAsync(id).then(() => tell(`${name} is in the trash.`, back), tellProblem)
    after?.()
  }
}

export function DeleteAction({ dataset }: { dataset: Dataset }) {
  const remove = useDeleteWithUndo()
  return <ActionButton permission="dataset:delete" small look="quiet" icon={<Trash2 />} label={`Delete ${dataset.name}`} onClick={() => remove(dataset)} />
}

/** What can be done with a data set in the trash. */
export function TrashActions({ dataset: { id, name } }: { dataset: Dataset }) {
  const [asking, setAsking] = useState(false)
  const restore = useRestoreDataset()
  const purge = usePurgeDataset()
  const back = () => restore.mutate(id, { onSuccess: () => tell(`${name} is back.`), onError: tellProblem })
  return (
    <>
      <ActionButton permission="dataset:write" small look="quiet" icon={<RotateCcw />} label={`Restore ${name}`} onClick={back} />
      <ActionButton permission="dataset:delete" small look="quiet" icon={<Trash2 />} label={`Delete ${name} for ever`} onClick={() => setAsking(true)} />
      <ConfirmDelete
        open={asking}
        onClose={() => setAsking(false)}
        name={`${name} for ever`}
        told="All of its versions are gone then, their space is free, and there is no way back. Models that were trained on them stay."
        remove={() => purge.mutateAsync(id)}
        onGone={({ bytes_freed }) => tell(`${name} is gone; ${bytes(bytes_freed)} are free.`)}
      />
    </>
  )
}
