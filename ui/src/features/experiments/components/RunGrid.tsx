import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef } from 'react'

import type { Run } from '../api'
import type { Shown } from '../cells'
import type { RunColumn } from '../columns'
import { pagesOf, type Places } from '../places'
import { GridHeader, type HeaderProps } from './GridHeader'
import { RunRow, type Layout } from './RunRow'
import { TableFoot } from './TableFoot'
import styles from './grid.module.css'

interface Props extends Omit<HeaderProps, 'layout'> {
  count: number
  at: (index: number) => Run | undefined
  pinned: RunColumn[]
  columns: RunColumn[]
  selected: ReadonlySet<string>
  onSelect: (index: number, on: boolean, range: boolean) => void
  active: number | null
  shown: Shown
  places: Places | undefined
  /** Called with the pages that are in view. */
  onPages: (numbers: number[]) => void
}

const ROW = 36
const NAME = 240
// On a phone what is pinned would leave no room for the rest.
const ROOM_FOR_PINS = 640

/** The table of runs: only what is in view is in the document, whatever there is. */
export function RunGrid(props: Props) {
  const { count, at, selected, onSelect, active, shown, places, onPages } = props
  const frame = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({ count, getScrollElement: () => frame.current, estimateSize: () => ROW, overscan: 10, paddingStart: ROW, scrollPaddingStart: ROW })
  const layout = useLayout(frame, props)
  const items = rows.getVirtualItems()
  const first = rows.range?.startIndex ?? 0
  const last = rows.range?.endIndex ?? 0
  const pages = pagesOf(first, Math.min(last, Math.max(0, count - 1))).join()
  useEffect(() => onPages(pages.split(',').map(Number)), [onPages, pages])
  useEffect(() => {
    if (active !== null) rows.scrollToIndex(active)
    // oxlint-disable-next-line react/exhaustive-deps -- the virtualizer is the same one throughout
  }, [active])
  return (
    <div className={styles['stack']}>
      <div
        ref={frame}
        id="runs"
        className={styles['grid']}
        role="grid"
        aria-label="Runs"
        aria-rowcount={count + 1}
        aria-multiselectable
        aria-activedescendant={active === null ? undefined : `run-row-${active}`}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard
        tabIndex={0}
      >
        <GridHeader {...props} layout={layout} />
        <div role="rowgroup" style={{ height: rows.getTotalSize() - ROW, width: layout.total }}>
          {items.map(({ index, start }) => {
            const run = at(index)
            return (
              <RunRow
                key={index}
                run={run}
                index={index}
                top={start}
                layout={layout}
                selected={run !== undefined && selected.has(run.id)}
                active={index === active}
                shown={shown}
                onSelect={onSelect}
              />
            )
          })}
        </div>
      </div>
      <TableFoot places={places} loaded={count} first={first} last={last} />
    </div>
  )
}

/** Which columns are in view, and where. */
function useLayout(frame: React.RefObject<HTMLDivElement | null>, { pinned, columns }: Props): Layout {
  const free = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => frame.current,
    estimateSize: (index) => columns[index]?.width ?? 120,
    getItemKey: (index) => columns[index]?.id ?? index,
    overscan: 3,
  })
  const widths = columns.map(({ id, width }) => `${id} ${width}`).join('\n')
  useEffect(() => free.measure(), [free, widths])
  const room = free.scrollRect?.width ?? 0
  const nameWidth = room > 0 ? Math.min(NAME, Math.round(room * 0.46)) : NAME
  const items = free.getVirtualItems()
  const from = items[0]?.index ?? 0
  const to = items.at(-1)?.index ?? -1
  const before = items[0]?.start ?? 0
  const size = free.getTotalSize()
  return useMemo(() => {
    const held = pinned.reduce((sum, { width }) => sum + width, nameWidth)
    return {
      nameWidth,
      pinned,
      columns: columns.slice(from, to + 1),
      before,
      total: Math.max(held + size, room),
      sticky: room >= ROOM_FOR_PINS,
    }
  }, [before, columns, from, nameWidth, pinned, room, size, to])
}
