import { Ban, CircleCheck, CircleDashed, CirclePause, CircleX, Clock, Loader, Unplug, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

import { ago, moment } from '@/format'

import styles from './badge.module.css'

type Tone = 'success' | 'error' | 'running' | 'warning' | 'neutral'

const STATES: Record<string, [Tone, LucideIcon, string]> = {
  scheduled: ['neutral', Clock, 'Scheduled'],
  queued: ['neutral', Clock, 'Queued'],
  pending: ['neutral', Clock, 'Pending'],
  starting: ['running', Loader, 'Starting'],
  running: ['running', Loader, 'Running'],
  finished: ['success', CircleCheck, 'Finished'],
  succeeded: ['success', CircleCheck, 'Succeeded'],
  ready: ['success', CircleCheck, 'Ready'],
  failed: ['error', CircleX, 'Failed'],
  stopped: ['neutral', CirclePause, 'Stopped'],
  killed: ['warning', Ban, 'Killed'],
  cancelled: ['warning', Ban, 'Cancelled'],
  lost: ['error', Unplug, 'Lost'],
}

/** A state as icon, word and colour: never by colour alone. */
export function Status({ state }: { state: string }) {
  const [tone, Icon, word] = STATES[state] ?? ['neutral', CircleDashed, state]
  return (
    <span className={`${styles['status']} ${styles[tone]}`}>
      <Icon aria-hidden />
      {word}
    </span>
  )
}

export function Chip({ strong, title, children }: { strong?: boolean; title?: string; children: ReactNode }) {
  return (
    <span className={`${styles['chip']} ${strong ? styles['strong'] : ''}`} title={title}>
      {children}
    </span>
  )
}

export function Chips({ children }: { children: ReactNode }) {
  return <span className={styles['chips']}>{children}</span>
}

/** How long ago; the exact moment for whoever points at it. */
export function Ago({ time }: { time: string | null | undefined }) {
  if (!time) return '–'
  return (
    <time dateTime={time} title={moment(time)}>
      {ago(time)}
    </time>
  )
}
