import { lazy, Suspense, useState, type ReactNode } from 'react'

import { Button } from './Button'
import { tellProblem } from './toast'

export interface DialogProps {
  open: boolean
  onClose: () => void
  title: string
  told?: ReactNode
  /** The buttons; without any there is one that closes. */
  footer?: ReactNode
  children?: ReactNode
}

const Box = lazy(() => import('./DialogBox'))

/** Asks something, above the page; Escape and a click beside it close it. What it is made of comes when it first opens. */
export function Dialog(props: DialogProps) {
  const [wanted, setWanted] = useState(props.open)
  if (props.open && !wanted) setWanted(true)
  if (!wanted) return null
  return (
    <Suspense>
      <Box {...props} />
    </Suspense>
  )
}

interface ConfirmProps {
  open: boolean
  onClose: () => void
  title: string
  told: ReactNode
  verb: string
  busy?: boolean
  onConfirm: () => void
}

/** Asks before something that cannot be undone. */
export function Confirm({ open, onClose, title, told, verb, busy, onConfirm }: ConfirmProps) {
  const footer = (
    <>
      <Button onClick={onClose}>Keep it</Button>
      <Button look="danger" disabled={busy} onClick={onConfirm}>
        {verb}
      </Button>
    </>
  )
  return <Dialog open={open} onClose={onClose} title={title} told={told} footer={footer} />
}

interface ConfirmDeleteProps<Answer> {
  open: boolean
  onClose: () => void
  /** What goes, as it is called. */
  name: string
  told: ReactNode
  remove: () => Promise<Answer>
  /** It is gone: say so, and leave its page. */
  onGone: (answer: Answer) => void
}

/** Asks, deletes, and goes on; a refusal closes the question and is told. */
export function ConfirmDelete<Answer>({ open, onClose, name, told, remove, onGone }: ConfirmDeleteProps<Answer>) {
  const [busy, setBusy] = useState(false)
  const go = async () => {
    setBusy(true)
    try {
      onGone(await remove())
    } catch (error) {
      tellProblem(error)
    }
    setBusy(false)
    onClose()
  }
  return <Confirm open={open} onClose={onClose} title={`Delete ${name}?`} told={told} verb="Delete" busy={busy} onConfirm={() => void go()} />
}
