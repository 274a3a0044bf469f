import { Dialog as Base } from '@base-ui/react/dialog'
import type { ReactNode } from 'react'

import { Button } from './Button'
import styles from './overlay.module.css'

interface Props {
  open: boolean
  onClose: () => void
  title: string
  told?: ReactNode
  /** The buttons; without any there is one that closes. */
  footer?: ReactNode
  children?: ReactNode
}

/** Asks something, above the page; Escape and a click beside it close it. */
export function Dialog({ open, onClose, title, told, footer, children }: Props) {
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={styles['backdrop']} />
        <Base.Popup className={styles['dialog']}>
          <Base.Title>{title}</Base.Title>
          {told && (
            <Base.Description className={styles['told']} render={<div />}>
              {told}
            </Base.Description>
          )}
          {children}
          <div className={styles['footer']}>{footer ?? <Button onClick={onClose}>Close</Button>}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
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
