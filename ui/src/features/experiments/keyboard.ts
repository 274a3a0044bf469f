/** The run table's keys: j and k go, x selects, Enter opens, / filters. */
import { useEffect } from 'react'

export interface TableKeys {
  count: number
  active: number | null
  onActive: (index: number | null) => void
  onSelect: (index: number) => void
  onOpen: (index: number) => void
}

const PAGE_OF_ROWS = 20

/** Where a key leads from row `active` of `count`; null if it leads nowhere. */
export function leadsTo(key: string, active: number | null, count: number): number | null {
  const from = active ?? -1
  const to = { j: from + 1, ArrowDown: from + 1, k: from - 1, ArrowUp: from - 1, PageDown: from + PAGE_OF_ROWS, PageUp: from - PAGE_OF_ROWS, Home: 0, End: count - 1 }[key]
  return to === undefined || count === 0 ? null : Math.min(count - 1, Math.max(0, to))
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.closest('input:not([type=checkbox]), textarea, select, [role=dialog], [role=menu]') !== null)
}

export function useTableKeys(keys: TableKeys): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.altKey || event.ctrlKey || event.metaKey || isTyping(event.target)) return
      const inGrid = event.target instanceof HTMLElement && event.target.id === 'runs'
      const to = 'jk'.includes(event.key) || inGrid ? leadsTo(event.key, keys.active, keys.count) : null
      if (to !== null) keys.onActive(to)
      else if (event.key === '/') document.getElementById('run-filter')?.focus()
      else if (keys.active !== null && event.key === 'x') keys.onSelect(keys.active)
      else if (keys.active !== null && event.key === 'Enter' && (inGrid || event.target === document.body)) keys.onOpen(keys.active)
      else if (keys.active !== null && event.key === 'Escape') keys.onActive(null)
      else return
      event.preventDefault()
      // Here, `/` filters; everywhere else it searches.
      event.stopPropagation()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [keys])
}
