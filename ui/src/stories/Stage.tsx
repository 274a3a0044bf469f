import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'

/** What stories stand on: links need a router, though they lead nowhere here. */
export function Stage({ Story }: { Story: () => ReactNode }) {
  const [router] = useState(() =>
    createRouter({ routeTree: createRootRoute({ component: Story, notFoundComponent: Story }), history: createMemoryHistory() }),
  )
  return <RouterProvider router={router} />
}
