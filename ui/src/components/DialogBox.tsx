import { Dialog as Base } from '@base-ui/react/dialog'

import { Button } from './Button'
import type { DialogProps } from './Dialog'
import styles from './overlay.module.css'

export default function DialogBox({ open, onClose, title, told, footer, children }: DialogProps) {
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
