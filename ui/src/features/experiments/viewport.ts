/** What of a large table is in view: rows of one height, columns of any width. */
import { useLayoutEffect, useState } from 'react'
import { flushSync } from 'react-dom'

export const ROW = 36

/** Rows beyond the edges: whoever scrolls sees no gap, and no row is drawn for nothing. */
const BEYOND = 4
/** Rows that come together, so that not every step of a wheel draws. */
const STRIDE = 2
const BEYOND_PX = 120
const STRIDE_PX = 120

export interface Viewport {
  /** The first and the last row that are seen. */
  first: number
  last: number
  /** Where the columns that are seen begin, about, in px. */
  left: number
  width: number
  height: number
}

/** Rows that are drawn: from `from` on, up to and without `to`. */
export interface Span {
  from: number
  to: number
  /** Rows that are drawn at once; row n takes the place of row n - size in the document. */
  size: number
}

export function rowsIn({ first, height }: Viewport, count: number): Span {
  const size = Math.ceil(height / ROW) + 2 * BEYOND + STRIDE
  const from = Math.max(0, Math.min(Math.floor(first / STRIDE) * STRIDE - BEYOND, count - size))
  return { from, to: Math.min(count, from + size), size }
}

/** Which of the columns are drawn, and how wide all before them are. */
export function columnsIn(widths: number[], left: number, room: number): { from: number; to: number; before: number } {
  let [from, to, before, at] = [0, 0, 0, 0]
  for (const [index, width] of widths.entries()) {
    if (at + width < left - BEYOND_PX) {
      from = index + 1
      before = at + width
    }
    if (at < left + room + STRIDE_PX + BEYOND_PX) to = index + 1
    at += width
  }
  return { from, to: Math.max(from, to), before }
}

function read(box: HTMLElement): Viewport {
  const { scrollTop, scrollLeft, clientHeight: height, clientWidth: width } = box
  return {
    first: Math.floor(scrollTop / ROW),
    last: Math.max(0, Math.ceil((scrollTop + height - ROW) / ROW) - 1),
    left: Math.floor(scrollLeft / STRIDE_PX) * STRIDE_PX,
    width,
    height,
  }
}

const NOWHERE: Viewport = { first: 0, last: 0, left: 0, width: 0, height: 0 }
const FIELDS = Object.keys(NOWHERE) as (keyof Viewport)[]

/** Follows `frame`, whose first row is a header that stays. */
export function useViewport(frame: React.RefObject<HTMLElement | null>): Viewport {
  const [view, setView] = useState(NOWHERE)
  useLayoutEffect(() => {
    const box = frame.current
    if (!box) return undefined
    const look = () => {
      const next = read(box)
      setView((before) => (FIELDS.every((field) => before[field] === next[field]) ? before : next))
      // Sticky cells cost a layer each: only who scrolled sideways needs them.
      box.toggleAttribute('data-shifted', box.scrollLeft > 0)
    }
    // Within the frame that scrolls, so that no gap is ever painted.
    const onScroll = () => flushSync(look)
    look()
    const watcher = new ResizeObserver(look)
    watcher.observe(box)
    box.addEventListener('scroll', onScroll, { passive: true })
    return () => {
      watcher.disconnect()
      box.removeEventListener('scroll', onScroll)
    }
  }, [frame])
  return view
}

/** Scrolls as little as shows row `index`. */
export function showRow(box: HTMLElement, index: number): void {
  const top = index * ROW
  if (top < box.scrollTop) box.scrollTop = top
  else if (top + 2 * ROW > box.scrollTop + box.clientHeight) box.scrollTop = top + 2 * ROW - box.clientHeight
}
