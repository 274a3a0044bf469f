import { Outlet, useRouterState } from '@tanstack/react-router'
import { Menu as MenuIcon, Search } from 'lucide-react'
import { lazy, Suspense, useEffect, useState } from 'react'

import { useServerAway } from '@/api'
import { Button, Toasts } from '@/components'

import { LapseDialog } from './LapseDialog'
import styles from './shell.module.css'
import { Brand, Sidebar } from './Sidebar'

const Palette = lazy(() => import('./Palette'))

/** What stays while pages come and go. */
export function Shell() {
  const away = useServerAway()
  const [searching, setSearching] = useState(false)
  // The menu is open for the page where it was opened: going elsewhere closes it.
  const [openAt, setOpenAt] = useState<string | null>(null)
  const path = useRouterState({ select: (state) => state.location.pathname })

  const open = openAt === path
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault()
        setSearching((value) => !value)
      }
      if (event.key === 'Escape') setOpenAt(null)
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])

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
        <Button look="quiet" icon={<Search />} label="Search" onClick={() => setSearching(true)} />
      </header>
      <Sidebar open={open} onSearch={() => setSearching(true)} />
      <button type="button" className={styles['scrim']} aria-label="Close the menu" onClick={() => setOpenAt(null)} />
      <main id="main" tabIndex={-1} className={styles['main']}>
        <Outlet />
      </main>
      {searching && (
        <Suspense>
          <Palette onClose={() => setSearching(false)} />
        </Suspense>
      )}
      <LapseDialog />
      <Toasts />
    </div>
  )
}

function skip(event: { preventDefault: () => void }) {
  event.preventDefault()
  document.querySelector<HTMLElement>('#main')?.focus()
}
