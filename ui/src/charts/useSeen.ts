import { useEffect, useRef, useState, type RefObject } from 'react'

/** Whether an element has come near the window once. */
export function useSeen(): [RefObject<HTMLDivElement | null>, boolean] {
  const frame = useRef<HTMLDivElement>(null)
  const [seen, setSeen] = useState(typeof IntersectionObserver === 'undefined')
  useEffect(() => {
    if (seen || !frame.current) return undefined
    const watcher = new IntersectionObserver((entries) => entries.some(({ isIntersecting }) => isIntersecting) && setSeen(true), { rootMargin: '300px' })
    watcher.observe(frame.current)
    return () => watcher.disconnect()
  }, [seen])
  return [frame, seen]
}
