import { Anchor, GitCompareArrows, RotateCcw, Tag, Trash2, X } from 'lucide-react'
import { useState } from 'react'

import { ActionButton } from '@/access'
import { Button, ButtonLink, Confirm, tell, tellProblem } from '@/components'
import { plural } from '@/format'

import { useDeleteRuns, usePurgeRuns, useRestoreRuns } from '../api'
import { TagDialog } from './TagDialog'
import styles from './toolbar.module.css'

interface Props {
  runIds: string[]
  inTrash: boolean
  onClear: () => void
  onBaseline: (runId: string) => void
}

const MOST_COMPARED = 100

/** What can be done with the runs that are selected. */
export function SelectionBar({ runIds, inTrash, onClear, onBaseline }: Props) {
  const [asking, setAsking] = useState<'tag' | 'purge' | null>(null)
  const remove = useDeleteRuns()
  const restore = useRestoreRuns()
  const purge = usePurgeRuns()
  const told = plural(runIds.length, 'run')
  const after = (text: string, undo?: () => void) => ({
    onSuccess: () => {
      tell(text, undo)
      onClear()
    },
    onError: tellProblem,
  })
  const close = () => setAsking(null)
  return (
    <div className={styles['selection']} role="region" aria-label="Selected runs">
      <strong>{told} selected</strong>
      <ButtonLink
        icon={<GitCompareArrows />}
        to="/compare"
        search={{ runs: runIds.slice(0, MOST_COMPARED) }}
        disabled={runIds.length < 2}
      >
        Compare
      </ButtonLink>
      {runIds.length === 1 && (
        <Button icon={<Anchor />} onClick={() => onBaseline(runIds[0] ?? '')}>
          Baseline
        </Button>
      )}
      {inTrash ? (
        <>
          <ActionButton
            permission="experiment:write"
            icon={<RotateCcw />}
            onClick={() => restore.mutate(runIds, after(`${told} restored.`))}
          >
            Restore
          </ActionButton>
          <ActionButton permission="experiment:delete" look="danger" icon={<Trash2 />} onClick={() => setAsking('purge')}>
            Delete for ever
          </ActionButton>
        </>
      ) : (
        <>
          <ActionButton permission="experiment:write" icon={<Tag />} onClick={() => setAsking('tag')}>
            Tag
          </ActionButton>
          <ActionButton
            permission="experiment:delete"
            look="danger"
            icon={<Trash2 />}
            onClick={() => remove.mutate(runIds, after(`${told} moved to the trash.`, () => restore.mutate(runIds)))}
          >
            Delete
          </ActionButton>
        </>
      )}
      <Button look="quiet" icon={<X />} label="Clear the selection" onClick={onClear} />
      {asking === 'tag' && <TagDialog runIds={runIds} onClose={close} onDone={onClear} />}
      <Confirm
        open={asking === 'purge'}
        onClose={close}
        title={`Delete ${told} for ever?`}
        told="Their points and files are gone then, and their space is free. Runs that a registered model comes from stay."
        verb="Delete for ever"
        busy={purge.isPending}
        onConfirm={() =>
          purge.mutate(runIds, {
            ...after('The runs are being deleted in the background; see Jobs.'),
            onSettled: close,
          })
        }
      />
    </div>
  )
}
