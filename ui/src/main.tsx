import './theme/tokens.css'
import './theme/base.css'

import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'

import { meQuery } from './access'
import { ensureSession, whenLoggedOut } from './api'
import { queries } from './app/queries'
import { router } from './app/router'
import { applyTheme, readTheme } from './theme/theme'

applyTheme(readTheme())

whenLoggedOut(() => {
  const { href, pathname } = router.state.location
  if (pathname === '/login') return
  queries.clear()
  void router.navigate({ to: '/login', search: { next: href, ended: true } })
})

// A page that was open during an upgrade asks for scripts that are gone; loaded anew, it knows the new ones.
window.addEventListener('vite:preloadError', (event) => {
  const last = Number(sessionStorage.getItem('reloaded-at'))
  if (Date.now() - last < 60_000) return
  event.preventDefault()
  sessionStorage.setItem('reloaded-at', String(Date.now()))
  location.reload()
})

// The page's own scripts, the login and whose it is are asked for together, while the frame is being made.
const [matched] = router.getMatchedRoutes(router.latestLocation.pathname)
for (const route of matched) void router.loadRouteChunk(route)
if (matched.some(({ id }) => id === '/inside')) {
  void ensureSession().then(
    (known) => (known ? queries.prefetchQuery(meQuery) : undefined),
    () => undefined,
  )
}

const root = document.querySelector('#root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)
