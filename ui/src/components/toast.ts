/** Short words about what has just happened, with a way back where there is one. */
import { useSyncExternalStore } from 'react'

import { explain } from '@/api'

export interface ToastMessage {
  id: number
  text: string
  bad: boolean
  undo?: () => void
}

const SHOWN_MS = 7000
let messages: readonly ToastMessage[] = []
let next = 1
const listeners = new Set<() => void>()

function set(value: readonly ToastMessage[]): void {
  messages = value
  for (const listener of listeners) listener()
}

export function dismiss(id: number): void {
  set(messages.filter((message) => message.id !== id))
}

function show(message: Omit<ToastMessage, 'id'>): void {
  const id = next++
  set([...messages.slice(-2), { id, ...message }])
  setTimeout(() => dismiss(id), SHOWN_MS)
}

export function tell(text: string, undo?: () => void): void {
  show({ text, bad: false, ...(undo && { undo }) })
}

export function tellProblem(error: unknown): void {
  show({ text: explain(error), bad: true })
}

export function useToasts(): readonly ToastMessage[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => messages,
  )
}
