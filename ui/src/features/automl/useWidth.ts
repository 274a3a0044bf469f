import { useEffect, useRef, useState, type RefObject } from 'react'

/** An element's width in px, `usual` until it is laid out. */
export function useWidth(usual: number): [RefObject<HTMLDivElement | null>, number] {
  const frame = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(usual)
  useEffect(() => {
    const box = frame.current
    if (!box) return undefined
    const watcher = new ResizeObserver(() => setWidth(box.clientWidth || usual))
    watcher.observe(box)
    return () => watcher.disconnect()
  }, [usual])
  return [frame, width]
}
