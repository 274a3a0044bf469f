import { useQuery } from '@tanstack/react-query'
import { Link, useRouter } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Building2, LogOut, Monitor, Moon, Search, Settings, Sun } from 'lucide-react'

import { useMe } from '@/access'
import { address, switchTenant } from '@/api'
import { Menu, MenuItem, tellProblem } from '@/components'
import { membershipsQuery } from '@/features/settings'
import { applyTheme, useTheme, type Theme } from '@/theme/theme'

import { leave } from './leave'
import { ADMINISTRATION, WORK, type Place } from './places'
import styles from './shell.module.css'

function Places({ places, label }: { places: Place[]; label: string }) {
  return (
    <nav aria-label={label} className={styles['nav']}>
      {places.map(({ to, name, icon: Icon }) => (
        <Link key={to} to={to} activeOptions={{ exact: to === '/' }}>
          <Icon aria-hidden />
          {name}
        </Link>
      ))}
    </nav>
  )
}

export function Sidebar({ open, onSearch, tray }: { open: boolean; onSearch: () => void; tray: ReactNode }) {
  const me = useMe()
  const allowed = ADMINISTRATION.filter(({ permission }) => permission && me?.permissions.includes(permission))
  return (
    <aside id="side" aria-label="Navigation" className={`${styles['side']} ${open ? styles['open'] : ''}`}>
      <Brand />
      <div className={styles['tools']}>
        <button type="button" className={styles['search']} onClick={onSearch}>
          <Search aria-hidden />
          Search…
          <kbd>Ctrl K</kbd>
        </button>
        {tray}
      </div>
      <Places places={WORK} label="Work" />
      {allowed.length > 0 && (
        <div>
          <div className={styles['group']}>Administration</div>
          <Places places={allowed} label="Administration" />
        </div>
      )}
      <PersonMenu />
    </aside>
  )
}

export function Brand() {
  return (
    <Link to="/" className={styles['brand']} activeProps={{ 'aria-current': undefined }}>
      <img src={address('/favicon.svg')} alt="" width="24" height="24" />
      Maestro
    </Link>
  )
}

const THEMES: [Theme, string, typeof Sun][] = [
  ['light', 'Light', Sun],
  ['dark', 'Dark', Moon],
  ['system', 'As the system', Monitor],
]

function PersonMenu() {
  const router = useRouter()
  const me = useMe()
  const theme = useTheme()
  const name = me ? me.user.name || me.user.email : '…'
  const trigger = (
    <button type="button" className={styles['person']}>
      <span className={styles['initial']} aria-hidden>
        {name.slice(0, 1).toUpperCase()}
      </span>
      <span>
        {name}
        <small>{me?.tenant.name}</small>
      </span>
    </button>
  )
  return (
    <Menu trigger={trigger} align="start">
      {THEMES.map(([value, label, Icon]) => (
        <MenuItem key={value} icon={<Icon aria-hidden />} onSelect={() => applyTheme(value)}>
          {label}
          {theme === value && ' ✓'}
        </MenuItem>
      ))}
      <MenuItem icon={<Settings aria-hidden />} onSelect={() => void router.navigate({ to: '/settings' })}>
        Settings and API keys
      </MenuItem>
      <OtherTenants />
      <MenuItem icon={<LogOut aria-hidden />} onSelect={() => void leave(router)}>
        Log out
      </MenuItem>
    </Menu>
  )
}

/** The other organisations of a person, asked for when the menu is opened. */
function OtherTenants() {
  const here = useMe()?.tenant.id
  const memberships = useQuery(membershipsQuery).data ?? []
  return memberships
    .filter(({ tenant }) => tenant.id !== here)
    .map(({ tenant }) => (
      <MenuItem key={tenant.id} icon={<Building2 aria-hidden />} onSelect={() => void switchTenant(tenant.id).catch(tellProblem)}>
        Go to {tenant.name}
      </MenuItem>
    ))
}
