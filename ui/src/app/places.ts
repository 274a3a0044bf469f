/** The places of the application: one for each domain, in the order of the work. */
import {
  Boxes,
  BriefcaseBusiness,
  Database,
  FlaskConical,
  House,
  Rocket,
  ScrollText,
  Settings,
  Users,
  WandSparkles,
  type LucideIcon,
} from 'lucide-react'

import type { Permission } from '@/access'

export interface Place {
  to: '/' | '/experiments' | '/datasets' | '/automl' | '/models' | '/deployments' | '/jobs' | '/admin/users' | '/admin/audit' | '/settings'
  name: string
  icon: LucideIcon
  permission?: Permission
}

export const WORK: Place[] = [
  { to: '/', name: 'Home', icon: House },
  { to: '/experiments', name: 'Experiments', icon: FlaskConical, permission: 'experiment:read' },
  { to: '/datasets', name: 'Data sets', icon: Database, permission: 'dataset:read' },
  { to: '/automl', name: 'AutoML', icon: WandSparkles, permission: 'job:read' },
  { to: '/models', name: 'Models', icon: Boxes, permission: 'model:read' },
  { to: '/deployments', name: 'Deployments', icon: Rocket, permission: 'deployment:read' },
  { to: '/jobs', name: 'Jobs', icon: BriefcaseBusiness, permission: 'job:read' },
]

export const ADMINISTRATION: Place[] = [
  { to: '/admin/users', name: 'Users', icon: Users, permission: 'user:read' },
  { to: '/admin/audit', name: 'Audit log', icon: ScrollText, permission: 'audit:read' },
]

export const SETTINGS: Place = { to: '/settings', name: 'Settings', icon: Settings }
