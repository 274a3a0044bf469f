import { Check, CircleAlert, Copy, Info, RotateCw, TriangleAlert } from 'lucide-react'
import { useState, type ReactNode } from 'react'

import { ApiError, explain } from '@/api'

import { Button } from './Button'
import styles from './feedback.module.css'

/** The shape of what is on its way. */
export function Skeleton({ lines = 6, block = false }: { lines?: number; block?: boolean }) {
  return (
    <div className={styles['skeleton']} role="status" aria-label="Loading">
      {block && <div className={`${styles['line']} ${styles['block']}`} />}
      {Array.from({ length: lines }, (_, index) => (
        <div key={index} className={styles['line']} />
      ))}
    </div>
  )
}

/** Teaches how the first thing gets here: one sentence, one action, the line to paste. */
export function Empty(props: { icon: ReactNode; title: string; code?: string; action?: ReactNode; children?: ReactNode }) {
  return (
    <div className={styles['empty']}>
      {props.icon}
      <h2>{props.title}</h2>
      {props.children && <p>{props.children}</p>}
      {props.action}
      {props.code && <Code text={props.code} />}
    </div>
  )
}

/** What went wrong, why, and what to do next. */
export function ProblemPanel({ error, retry }: { error: unknown; retry?: () => void }) {
  const known = error instanceof ApiError ? error : null
  return (
    <div className={styles['problem']} role="alert">
      <CircleAlert aria-hidden />
      <div>
        <strong>{known?.title ?? 'This did not work'}</strong>
        <p>{explain(error)}</p>
        {known && (
          <code>
            {known.code}
            {known.requestId && ` · request ${known.requestId}`}
          </code>
        )}
      </div>
      {retry && (
        <Button small icon={<RotateCw />} className={styles['retry']} onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  )
}

export function Notice({ kind = 'info', children }: { kind?: 'info' | 'warning'; children: ReactNode }) {
  return (
    <div className={`${styles['notice']} ${styles[kind]}`}>
      {kind === 'info' ? <Info aria-hidden /> : <TriangleAlert aria-hidden />}
      <div>{children}</div>
    </div>
  )
}

export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false)
  const copy = () =>
    void navigator.clipboard?.writeText(text).then(() => {
      setCopied(true)
      setTimeout(() => setCopied(false), 1500)
    })
  return <Button small look="quiet" icon={copied ? <Check /> : <Copy />} label={copied ? 'Copied' : label} onClick={copy} />
}

/** Text to be pasted somewhere. */
export function Code({ text }: { text: string }) {
  return (
    <div className={styles['code']}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard */}
      <pre tabIndex={0}>{text}</pre>
      <CopyButton text={text} />
    </div>
  )
}

/** `fraction` from 0 to 1, or null while nobody knows. */
export function ProgressBar({ fraction, label }: { fraction: number | null | undefined; label: string }) {
  const known = typeof fraction === 'number'
  const now = known ? Math.round(fraction * 100) : undefined
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuenow={now}
      aria-valuemin={0}
      aria-valuemax={100}
      className={`${styles['bar']} ${known ? '' : styles['unknown']}`}
    >
      <div style={known ? { width: `${fraction * 100}%` } : undefined} />
    </div>
  )
}
