import { useEffect, useRef, useState, type RefObject } from 'react'

/** An element's width in px, `usual` until it is laid out. */
export function useWidth<Box extends HTMLElement>(usual: number): [RefObject<Box | null>, number] {
  const frame = useRef<Box>(null)
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
