/** Whether the server answers; asks again, ever more slowly, while it does not. */
import { useSyncExternalStore } from 'react'

import { address } from './address'

let away = false
let timer: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()
const recoveries = new Set<() => void>()

function set(value: boolean): void {
  if (away === value) return
  away = value
  for (const listener of listeners) listener()
  if (!value) for (const recovered of recoveries) recovered()
}

function probe(pause: number): void {
  clearTimeout(timer)
  timer = setTimeout(() => {
    fetch(address('/health/live'), { cache: 'no-store' }).then(
      (answer) => (answer.ok ? set(false) : probe(Math.min(pause * 1.5, 10_000))),
      () => probe(Math.min(pause * 1.5, 10_000)),
    )
  }, pause)
}

/** Says that nobody answered. */
export function lost(): void {
  if (away) return
  set(true)
  probe(1000)
}

/** Says that somebody answered. */
export function found(): void {
  if (!away) return
  clearTimeout(timer)
  set(false)
}

/** Calls back each time the server is there again. */
export function onRecovery(listener: () => void): () => void {
  recoveries.add(listener)
  return () => recoveries.delete(listener)
}

export function useServerAway(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => away,
  )
}
