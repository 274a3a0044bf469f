import { useSyncExternalStore } from 'react'

// The same width at which the style sheet folds the navigation away.
const QUERY = '(max-width: 860px)'

/** Whether the navigation is folded away. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = matchMedia(QUERY)
      media.addEventListener('change', listener)
      return () => media.removeEventListener('change', listener)
    },
    () => matchMedia(QUERY).matches,
  )
}
