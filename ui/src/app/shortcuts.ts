/** The keys that work everywhere, unless somebody is typing. */
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'

import { ADMINISTRATION, SETTINGS, WORK } from './places'

const PAUSE_MS = 1200
const PLACES = [...WORK, ...ADMINISTRATION, SETTINGS]

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}

interface Handlers {
  onSearch: () => void
  onHelp: () => void
  onEscape: () => void
}

export function useShortcuts({ onSearch, onHelp, onEscape }: Handlers): void {
  const navigate = useNavigate()
  const leader = useRef(0)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      // A page that has a use of its own for a key comes first.
      if (event.defaultPrevented) return
      const key = event.key.toLowerCase()
      if (key === 'escape') onEscape()
      if (key === 'k' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault()
        onSearch()
        return
      }
      const open = document.querySelector('[role="dialog"]') !== null
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || open) return
      const place = PLACES.find((each) => each.key === key)
      if (place && Date.now() - leader.current < PAUSE_MS) void navigate({ to: place.to })
      else if (key === '?') onHelp()
      else if (key === '/') onSearch()
      leader.current = key === 'g' ? Date.now() : 0
      if (key === '/') event.preventDefault()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [navigate, onSearch, onHelp, onEscape])
}
