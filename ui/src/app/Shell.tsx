import { Outlet, useRouter, useRouterState } from '@tanstack/react-router'
import { Menu as MenuIcon, Search } from 'lucide-react'
import { lazy, Suspense, useCallback, useEffect, useState } from 'react'

import { useMe } from '@/access'
import { useServerAway } from '@/api'
import { Button, Toasts } from '@/components'

import { LapseDialog } from './LapseDialog'
import { useVisits } from './recent'
import styles from './shell.module.css'
import { useShortcuts } from './shortcuts'
import { Brand, Sidebar } from './Sidebar'
import { Tray } from './Tray'
import { useNarrow } from './useNarrow'

const Palette = lazy(() => import('./Palette'))
const ShortcutSheet = lazy(() => import('./ShortcutSheet'))

type Overlay = 'search' | 'shortcuts' | null

/** What stays while pages come and go. */
export function Shell() {
  const away = useServerAway()
  const [overlay, setOverlay] = useState<Overlay>(null)
  // The menu is open for the page where it was opened: going elsewhere closes it.
  const [openAt, setOpenAt] = useState<string | null>(null)
  const path = useRouterState({ select: (state) => state.location.pathname })
  const narrow = useNarrow()
  const open = openAt === path
  const search = useCallback(() => setOverlay((value) => (value === 'search' ? null : 'search')), [])
  const help = useCallback(() => setOverlay('shortcuts'), [])
  useShortcuts({ onSearch: search, onHelp: help, onEscape: useCallback(() => setOpenAt(null), []) })
  useVisits(useMe()?.tenant.id, path)
  useArrival()
  const close = () => setOverlay(null)

  return (
    <div className={styles['shell']}>
      <a className={styles['skip']} href={`${path}#main`} onClick={skip}>
        Skip to the content
      </a>
      {away && (
        <div className={styles['away']} role="alert">
          The server does not answer. What you see is what it said last; this page goes on by itself when it is back.
        </div>
      )}
      <header className={styles['top']}>
        <Button
          look="quiet"
          icon={<MenuIcon />}
          label="Menu"
          aria-expanded={open}
          aria-controls="side"
          onClick={() => setOpenAt(open ? null : path)}
        />
        <Brand />
        {narrow && <Tray />}
        <Button look="quiet" icon={<Search />} label="Search" onClick={search} />
      </header>
      <Sidebar open={open} onSearch={search} tray={!narrow && <Tray />} />
      <button type="button" className={styles['scrim']} aria-label="Close the menu" onClick={() => setOpenAt(null)} />
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard */}
      <main id="main" tabIndex={0} className={styles['main']}>
        <Outlet />
      </main>
      <Suspense>
        {overlay === 'search' && <Palette onClose={close} onHelp={help} />}
        {overlay === 'shortcuts' && <ShortcutSheet onClose={close} />}
      </Suspense>
      <LapseDialog />
      <Toasts />
    </div>
  )
}

/** Whoever arrives at another page begins at its top, with keyboard and screen reader, too. */
function useArrival(): void {
  const router = useRouter()
  useEffect(
    () =>
      router.subscribe('onResolved', ({ fromLocation, pathChanged }) => {
        if (fromLocation && pathChanged) document.querySelector<HTMLElement>('#main')?.focus({ preventScroll: true })
      }),
    [router],
  )
}

function skip(event: { preventDefault: () => void }) {
  event.preventDefault()
  document.querySelector<HTMLElement>('#main')?.focus()
}
