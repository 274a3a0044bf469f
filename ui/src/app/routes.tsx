/** Every address of the application, and the page that it shows. Pages are loaded when they are visited. */
import { createRootRoute, createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'

import { ensureSession, relogin } from '@/api'
import { auditSearch } from '@/features/admin/search'
import { automlSearch, boardSearch } from '@/features/automl/search'
import { datasetSearch, datasetsSearch } from '@/features/datasets/search'
import { deploymentSearch } from '@/features/deployments/search'
import { compareSearch, runTableSearch } from '@/features/experiments/search'
import { explainSearch } from '@/features/explain/search'
import { modelSearch, modelsSearch } from '@/features/models/search'
import { jobsSearch } from '@/features/jobs/search'
import { runSearch } from '@/features/runs/search'
import { loginSearch } from '@/features/session/search'

import { placeInMlflow } from './mlflow'
import { NotFound } from './NotFound'
import { Shell } from './Shell'

const root = createRootRoute({ notFoundComponent: NotFound })

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: loginSearch,
  component: lazyRouteComponent(() => import('@/features/session/pages/LoginPage')),
})

const register = createRoute({
  getParentRoute: () => root,
  path: '/register',
  component: lazyRouteComponent(() => import('@/features/session/pages/RegisterPage')),
})

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  beforeLoad: async ({ location }) => {
    const known = await ensureSession().catch(() => true)
    if (!known && !(await relogin())) throw redirect({ to: '/login', search: location.href === '/' ? {} : { next: location.href } })
  },
  component: Shell,
})

const at = <Path extends string>(path: Path) => ({ getParentRoute: () => inside, path })

const pages = [
  createRoute({
    ...at('/'),
    beforeLoad: ({ location }) => {
      const place = placeInMlflow(location.hash)
      if (place) throw redirect({ ...place, hash: '', replace: true })
    },
    component: lazyRouteComponent(() => import('@/features/home/pages/HomePage')),
  }),
  createRoute({
    ...at('/experiments'),
    component: lazyRouteComponent(() => import('@/features/experiments/pages/ExperimentsPage')),
  }),
  createRoute({
    ...at('/experiments/$experimentId'),
    validateSearch: runTableSearch,
    component: lazyRouteComponent(() => import('@/features/experiments/pages/RunTablePage')),
  }),
  createRoute({
    ...at('/compare'),
    validateSearch: compareSearch,
    component: lazyRouteComponent(() => import('@/features/experiments/pages/ComparePage')),
  }),
  createRoute({
    ...at('/runs/$runId'),
    validateSearch: runSearch,
    component: lazyRouteComponent(() => import('@/features/runs/pages/RunPage')),
  }),
  createRoute({
    ...at('/datasets'),
    validateSearch: datasetsSearch,
    component: lazyRouteComponent(() => import('@/features/datasets/pages/DatasetsPage')),
  }),
  createRoute({
    ...at('/datasets/$dataset'),
    validateSearch: datasetSearch,
    component: lazyRouteComponent(() => import('@/features/datasets/pages/DatasetPage')),
  }),
  createRoute({
    ...at('/automl'),
    component: lazyRouteComponent(() => import('@/features/automl/pages/SearchesPage')),
  }),
  createRoute({
    ...at('/automl/new'),
    validateSearch: automlSearch,
    component: lazyRouteComponent(() => import('@/features/automl/pages/NewSearchPage')),
  }),
  createRoute({
    ...at('/automl/ledger'),
    component: lazyRouteComponent(() => import('@/features/automl/pages/LedgerPage')),
  }),
  createRoute({
    ...at('/automl/$jobId'),
    validateSearch: boardSearch,
    component: lazyRouteComponent(() => import('@/features/automl/pages/SearchPage')),
  }),
  createRoute({
    ...at('/models'),
    validateSearch: modelsSearch,
    component: lazyRouteComponent(() => import('@/features/models/pages/ModelsPage')),
  }),
  createRoute({
    ...at('/models/$name'),
    validateSearch: modelSearch,
    component: lazyRouteComponent(() => import('@/features/models/pages/ModelPage')),
  }),
  createRoute({
    ...at('/models/$name/$version'),
    validateSearch: explainSearch,
    component: lazyRouteComponent(() => import('@/features/models/pages/VersionPage')),
  }),
  createRoute({
    ...at('/deployments'),
    component: lazyRouteComponent(() => import('@/features/deployments/pages/DeploymentsPage')),
  }),
  createRoute({
    ...at('/deployments/$name'),
    validateSearch: deploymentSearch,
    component: lazyRouteComponent(() => import('@/features/deployments/pages/DeploymentPage')),
  }),
  createRoute({ ...at('/jobs'), validateSearch: jobsSearch, component: lazyRouteComponent(() => import('@/features/jobs/pages/JobsPage')) }),
  createRoute({ ...at('/jobs/$jobId'), component: lazyRouteComponent(() => import('@/features/jobs/pages/JobPage')) }),
  createRoute({
    ...at('/admin/users'),
    component: lazyRouteComponent(() => import('@/features/admin/pages/UsersPage')),
  }),
  createRoute({
    ...at('/admin/roles'),
    component: lazyRouteComponent(() => import('@/features/admin/pages/RolesPage')),
  }),
  createRoute({
    ...at('/admin/storage'),
    component: lazyRouteComponent(() => import('@/features/admin/pages/StoragePage')),
  }),
  createRoute({
    ...at('/admin/organisation'),
    component: lazyRouteComponent(() => import('@/features/admin/pages/OrganisationPage')),
  }),
  createRoute({
    ...at('/admin/system'),
    component: lazyRouteComponent(() => import('@/features/admin/pages/SystemPage')),
  }),
  createRoute({
    ...at('/admin/audit'),
    validateSearch: auditSearch,
    component: lazyRouteComponent(() => import('@/features/admin/pages/AuditPage')),
  }),
  createRoute({
    ...at('/settings'),
    component: lazyRouteComponent(() => import('@/features/settings/pages/SettingsPage')),
  }),
] as const

export const routeTree = root.addChildren([login, register, inside.addChildren(pages)])
