import { Link, useRouter } from '@tanstack/react-router'
import { LogOut, Monitor, Moon, Search, Settings, Sun } from 'lucide-react'

import { useMe } from '@/access'
import { address } from '@/api'
import { Menu, MenuItem } from '@/components'
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

export function Sidebar({ open, onSearch }: { open: boolean; onSearch: () => void }) {
  const me = useMe()
  const allowed = ADMINISTRATION.filter(({ permission }) => permission && me?.permissions.includes(permission))
  return (
    <aside id="side" aria-label="Navigation" className={`${styles['side']} ${open ? styles['open'] : ''}`}>
      <Brand />
      <button type="button" className={styles['search']} onClick={onSearch}>
        <Search aria-hidden />
        Search…
        <kbd>Ctrl K</kbd>
      </button>
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
      <MenuItem icon={<LogOut aria-hidden />} onSelect={() => void leave(router)}>
        Log out
      </MenuItem>
    </Menu>
  )
}
