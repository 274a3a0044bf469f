/** A login that ends while somebody works: requests wait until they have logged in again, or given up. */
import { useSyncExternalStore } from 'react'

let asking: { answer: Promise<boolean>; settle: (loggedIn: boolean) => void } | null = null
const listeners = new Set<() => void>()

function tell(): void {
  for (const listener of listeners) listener()
}

/** Whether somebody logged in again; at once false where nobody can be asked. */
export function relogin(): Promise<boolean> {
  if (listeners.size === 0) return Promise.resolve(false)
  if (asking === null) {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    asking = { answer: promise, settle: resolve }
    tell()
  }
  return asking.answer
}

/** Ends the asking: all that waited goes on, or fails. */
export function settleLapse(loggedIn: boolean): void {
  asking?.settle(loggedIn)
  asking = null
  tell()
}

/** Whether somebody is being asked to log in again. Whoever uses this must be able to ask. */
export function useLapsed(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => asking !== null,
  )
}
