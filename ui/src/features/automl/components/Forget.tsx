import { Trash2 } from 'lucide-react'
import { useState } from 'react'

import { ActionButton } from '@/access'
import { Confirm, tell, tellProblem } from '@/components'

import { useForgetSearch, type PastSearch } from '../api'

/** Takes a search out of the memory that later ones begin with, for good. */
export function Forget({ search: { id, target, dataset } }: { search: Pick<PastSearch, 'id' | 'target' | 'dataset'> }) {
  const [asking, setAsking] = useState(false)
  const forget = useForgetSearch()
  const name = `${target} of ${dataset}`
  const erase = () => forget.mutate(id, { onSuccess: () => tell(`${name} is forgotten.`), onError: tellProblem, onSettled: () => setAsking(false) })
  return (
    <>
      <ActionButton permission="experiment:delete" small look="quiet" icon={<Trash2 />} label={`Forget ${name}`} onClick={() => setAsking(true)} />
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        title={`Forget ${name}?`}
        told="No later search begins with what this one found, and the value ledger counts it no more. That cannot be undone. Its page, its runs and its model stay."
        verb="Forget"
        busy={forget.isPending}
        onConfirm={erase}
      />
    </>
  )
}
