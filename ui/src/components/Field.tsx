import { useId, type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, type TextareaHTMLAttributes } from 'react'

import styles from './field.module.css'

interface Told {
  label: string
  hint?: ReactNode
  wrong?: string | null | undefined
}

interface Wiring {
  id: string
  className: string | undefined
  'aria-describedby': string | undefined
  'aria-invalid': boolean
}

function Labelled({ label, hint, wrong, children }: Told & { children: (wiring: Wiring) => ReactNode }) {
  const id = useId()
  const note = wrong ?? hint
  return (
    <div className={styles['field']}>
      <label className={styles['label']} htmlFor={id}>
        {label}
      </label>
      {children({
        id,
        className: styles['input'],
        'aria-describedby': note ? `${id}-note` : undefined,
        'aria-invalid': Boolean(wrong),
      })}
      {note && (
        <div id={`${id}-note`} className={wrong ? styles['wrong'] : styles['hint']} role={wrong ? 'alert' : undefined}>
          {note}
        </div>
      )}
    </div>
  )
}

export function TextField({ label, hint, wrong, ...rest }: Told & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <Labelled label={label} hint={hint} wrong={wrong}>
      {(wiring) => <input {...wiring} {...rest} />}
    </Labelled>
  )
}

export function TextArea({ label, hint, wrong, ...rest }: Told & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  return (
    <Labelled label={label} hint={hint} wrong={wrong}>
      {(wiring) => <textarea {...wiring} {...rest} />}
    </Labelled>
  )
}

export function SelectField({ label, hint, wrong, children, ...rest }: Told & SelectHTMLAttributes<HTMLSelectElement>) {
  return (
    <Labelled label={label} hint={hint} wrong={wrong}>
      {(wiring) => (
        <select {...wiring} {...rest}>
          {children}
        </select>
      )}
    </Labelled>
  )
}

/** A control whose label is for screen readers: its placeholder or its place says the rest. */
export function BareInput({ label, className, ...rest }: { label: string } & InputHTMLAttributes<HTMLInputElement>) {
  return <input aria-label={label} className={`${styles['input']} ${className ?? ''}`} {...rest} />
}

export function BareSelect({ label, children, ...rest }: { label: string } & SelectHTMLAttributes<HTMLSelectElement>) {
  return (
    <select aria-label={label} className={styles['input']} {...rest}>
      {children}
    </select>
  )
}
