import { X } from 'lucide-react'

import { Button } from './Button'
import styles from './overlay.module.css'
import { dismiss, useToasts } from './toast'

export function Toasts() {
  const toasts = useToasts()
  return (
    <div className={styles['toasts']} role="status" aria-live="polite">
      {toasts.map(({ id, text, bad, undo }) => (
        <div key={id} className={`${styles['toast']} ${bad ? styles['bad'] : ''}`}>
          <p>{text}</p>
          {undo && (
            <Button
              small
              onClick={() => {
                undo()
                dismiss(id)
              }}
            >
              Undo
            </Button>
          )}
          <Button small look="quiet" icon={<X />} label="Dismiss" onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  )
}
