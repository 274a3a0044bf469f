import { createRouter } from '@tanstack/react-router'

import { basePath } from '@/api'
import { ProblemPanel, Skeleton } from '@/components'

import { NotFound } from './NotFound'
import { routeTree } from './routes'

export const router = createRouter({
  routeTree,
  basepath: basePath() || '/',
  defaultPreload: 'intent',
  defaultPendingMs: 200,
  defaultPendingComponent: () => <Skeleton lines={8} />,
  defaultNotFoundComponent: NotFound,
  defaultErrorComponent: ({ error, reset }) => <ProblemPanel error={error} retry={reset} />,
  scrollRestoration: true,
  scrollToTopSelectors: ['#main'],
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
