/** The places of the application: one for each domain, in the order of the work. */
import {
  Activity,
  Boxes,
  BriefcaseBusiness,
  Building2,
  Database,
  FlaskConical,
  HardDrive,
  House,
  Rocket,
  ScrollText,
  Settings,
  ShieldCheck,
  Users,
  WandSparkles,
  type LucideIcon,
} from 'lucide-react'

import type { Permission } from '@/access'

export interface Place {
  to:
    | '/'
    | '/experiments'
    | '/datasets'
    | '/automl'
    | '/models'
    | '/deployments'
    | '/jobs'
    | '/admin/users'
    | '/admin/roles'
    | '/admin/audit'
    | '/admin/storage'
    | '/admin/organisation'
    | '/admin/system'
    | '/settings'
  name: string
  icon: LucideIcon
  permission?: Permission
  /** The key that goes there after a `g`. */
  key?: string
}

export const WORK: Place[] = [
  { to: '/', name: 'Home', icon: House, key: 'h' },
  { to: '/experiments', name: 'Experiments', icon: FlaskConical, permission: 'experiment:read', key: 'e' },
  { to: '/datasets', name: 'Data sets', icon: Database, permission: 'dataset:read', key: 'd' },
  { to: '/automl', name: 'AutoML', icon: WandSparkles, permission: 'job:read', key: 'a' },
  { to: '/models', name: 'Models', icon: Boxes, permission: 'model:read', key: 'm' },
  { to: '/deployments', name: 'Deployments', icon: Rocket, permission: 'deployment:read', key: 'p' },
  { to: '/jobs', name: 'Jobs', icon: BriefcaseBusiness, permission: 'job:read', key: 'j' },
]

export const ADMINISTRATION: Place[] = [
  { to: '/admin/users', name: 'Users', icon: Users, permission: 'user:read', key: 'u' },
  { to: '/admin/roles', name: 'Roles', icon: ShieldCheck, permission: 'user:read' },
  { to: '/admin/audit', name: 'Audit log', icon: ScrollText, permission: 'audit:read', key: 'l' },
  { to: '/admin/storage', name: 'Storage', icon: HardDrive, permission: 'tenant:manage' },
  { to: '/admin/organisation', name: 'Organisation', icon: Building2, permission: 'tenant:manage', key: 'o' },
  { to: '/admin/system', name: 'System', icon: Activity, permission: 'system:admin' },
]

export const SETTINGS: Place = { to: '/settings', name: 'Settings', icon: Settings, key: 's' }
