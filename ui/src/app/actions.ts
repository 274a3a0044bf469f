/** What can be done from anywhere. */
import { useRouter } from '@tanstack/react-router'
import { CircleHelp, LogOut, Monitor, Moon, Sun, WandSparkles, type LucideIcon } from 'lucide-react'

import type { Permission } from '@/access'
import { applyTheme } from '@/theme/theme'

import { leave } from './leave'

export interface Action {
  name: string
  icon: LucideIcon
  permission?: Permission
  run: () => void
}

export function useActions(showShortcuts: () => void): Action[] {
  const router = useRouter()
  return [
    { name: 'Begin an AutoML search', icon: WandSparkles, permission: 'job:submit', run: () => void router.navigate({ to: '/automl/new' }) },
    { name: 'Show the keyboard shortcuts', icon: CircleHelp, run: showShortcuts },
    { name: 'Use light colours', icon: Sun, run: () => applyTheme('light') },
    { name: 'Use dark colours', icon: Moon, run: () => applyTheme('dark') },
    { name: 'Use the colours of the system', icon: Monitor, run: () => applyTheme('system') },
    { name: 'Log out', icon: LogOut, run: () => void leave(router) },
  ]
}
