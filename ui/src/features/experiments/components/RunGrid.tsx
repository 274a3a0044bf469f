import { useRouter } from '@tanstack/react-router'
import { useEffect, useMemo, useRef, useState, type FocusEvent, type MouseEvent } from 'react'

import { address } from '@/api'

import type { Run } from '../api'
import type { Shown } from '../cells'
import { widened, type RunColumn } from '../columns'
import { pagesOf, type Places } from '../places'
import { columnsIn, ROW, rowsIn, showRow, useViewport, type Viewport } from '../viewport'
import { GridHeader, type HeaderProps } from './GridHeader'
import { RunRow, type Layout } from './RunRow'
import { TableFoot } from './TableFoot'
import styles from './grid.module.css'

interface Props extends Omit<HeaderProps, 'layout' | 'onWiden'> {
  count: number
  at: (index: number) => Run | undefined
  pinned: RunColumn[]
  columns: RunColumn[]
  /** What was made of the columns' widths, by id; "name" is the run's own. */
  widths: Record<string, number> | undefined
  selected: ReadonlySet<string>
  onSelect: (index: number, on: boolean, range: boolean) => void
  active: number | null
  shown: Shown
  places: Places | undefined
  /** Called with the pages that are in view, or will be soon. */
  onPages: (numbers: number[]) => void
}

const NAME_WIDTH = 240
// On a phone what is pinned would leave no room for the rest.
const ROOM_FOR_PINS = 640
/** Rows beyond the view that are read: at a wheel's pace they are there before they are seen. */
const AHEAD = 40

/** The table of runs: only what is in view is in the document, whatever there is. */
export function RunGrid(props: Props) {
  const { count, at, selected, onSelect, active, shown, places, onPages, onResize } = props
  const frame = useRef<HTMLDivElement>(null)
  const view = useViewport(frame)
  const [widening, setWidening] = useState<{ id: string; width: number } | null>(null)
  const layout = useLayout(view, props, widening)
  const { from, to, size } = rowsIn(view, count)
  const last = Math.max(0, Math.min(view.last, count - 1))
  const pages = pagesOf(view.first - AHEAD, Math.min(last + AHEAD, Math.max(0, count - 1))).join()
  useEffect(() => onPages(pages.split(',').map(Number)), [onPages, pages])
  useEffect(() => {
    if (active !== null && frame.current) showRow(frame.current, active)
  }, [active])
  const links = useLinks()
  const onWiden = useMemo(
    () => (id: string, width: number, done: boolean) => {
      setWidening(done ? null : { id, width })
      if (done) onResize(id, width)
    },
    [onResize],
  )
  return (
    <div className={styles['stack']}>
      {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- links are clicked by keyboard, too */}
      <div
        ref={frame}
        id="runs"
        className={styles['grid']}
        role="grid"
        aria-label="Runs"
        aria-rowcount={count + 1}
        aria-colcount={1 + props.pinned.length + props.columns.length}
        aria-multiselectable
        aria-activedescendant={active === null ? undefined : `run-row-${active}`}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard
        tabIndex={0}
        onClick={links.onClick}
        onMouseOver={links.onPoint}
        onFocus={links.onPoint}
      >
        <GridHeader {...props} layout={layout} onWiden={onWiden} />
        <div role="rowgroup" style={{ height: count * ROW, width: layout.total }}>
          {Array.from({ length: to - from }, (_, place) => {
            const index = from + place
            const run = at(index)
            return (
              <RunRow
                // A row that leaves at one end comes back at the other: elements are used again, not made.
                key={index % size}
                run={run}
                index={index}
                layout={layout}
                selected={run !== undefined && selected.has(run.id)}
                active={index === active}
                shown={shown}
                pages={links.pages}
                onSelect={onSelect}
              />
            )
          })}
        </div>
      </div>
      <TableFoot places={places} loaded={count} first={view.first} last={last} />
    </div>
  )
}

/** What the links of all rows do: a click goes there without a new page, pointing at one brings its code. */
function useLinks() {
  const router = useRouter()
  return useMemo(() => {
    const runOf = ({ target }: MouseEvent | FocusEvent) => (target instanceof Element ? target.closest<HTMLElement>('a[data-run]')?.dataset['run'] : undefined)
    const page = (runId: string) => ({ to: '/runs/$runId', params: { runId }, search: {} }) as const
    return {
      pages: address('/runs/'),
      onClick: (event: MouseEvent) => {
        const runId = runOf(event)
        if (!runId || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
        event.preventDefault()
        void router.navigate(page(runId))
      },
      onPoint: (event: MouseEvent | FocusEvent) => {
        const runId = runOf(event)
        if (runId) void router.preloadRoute(page(runId))
      },
    }
  }, [router])
}

/** Which columns are in view, and where. */
function useLayout(view: Viewport, { pinned, columns, widths }: Props, widening: { id: string; width: number } | null): Layout {
  const room = view.width
  const wide = useMemo(() => {
    const all = widening ? { ...widths, [widening.id]: widening.width } : widths
    return { name: all?.['name'] ?? NAME_WIDTH, pinned: widened(pinned, all), columns: widened(columns, all) }
  }, [columns, pinned, widening, widths])
  const nameWidth = room > 0 ? Math.min(wide.name, Math.round(room * (room < ROOM_FOR_PINS ? 0.46 : 0.8))) : wide.name
  const { from, to, before } = columnsIn(wide.columns.map(({ width }) => width), view.left, room)
  return useMemo(() => {
    const held = [...wide.pinned, ...wide.columns].reduce((sum, { width }) => sum + width, nameWidth)
    return {
      nameWidth,
      pinned: wide.pinned,
      columns: wide.columns.slice(from, to),
      skipped: from,
      before,
      total: Math.max(held, room),
      sticky: room >= ROOM_FOR_PINS,
    }
  }, [before, from, nameWidth, room, to, wide])
}
