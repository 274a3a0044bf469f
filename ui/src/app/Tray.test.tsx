import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router'
import { render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'

import { address } from '@/api'
import { Toasts } from '@/components'

import { newsQuery, type News } from './news'
import { Tray } from './Tray'

const failed: News = { kind: 'job', id: '1', name: 'automl.search', state: 'failed', detail: 'The table is empty.', at: '2026-01-01T10:00:00Z', read: false }
const broke: News = { kind: 'deployment', id: 'churn', name: 'churn', state: 'failed', detail: '', at: '2026-01-01T11:00:00Z', read: false }
const marked: unknown[] = []
let items: News[] = []

const server = setupServer(
  http.get(address('/api/v1/notifications'), () =>
    HttpResponse.json({ items, unread: items.filter(({ read }) => !read).length, going: [] }),
  ),
  http.post(address('/api/v1/notifications/read'), async ({ request }) => {
    marked.push(await request.json())
    return new HttpResponse(null, { status: 204 })
  }),
)

beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterAll(() => server.close())
beforeEach(() => {
  marked.length = 0
  items = [failed]
})

function show(): QueryClient {
  const queries = new QueryClient()
  const root = createRootRoute({
    component: () => (
      <>
        <Tray />
        <Toasts />
      </>
    ),
  })
  const router = createRouter({ routeTree: root, history: createMemoryHistory() })
  render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
  return queries
}

it('counts what is unread, lists it, and marks all of it read at once', async () => {
  show()
  await userEvent.click(await screen.findByRole('button', { name: 'Notifications, 1 unread' }))
  expect(await screen.findByText('AutoML search has failed')).toBeVisible()
  expect(screen.getByText('The table is empty.')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Mark all read' }))
  await waitFor(() => expect(marked).toEqual([{ until: failed.at }]))
  expect(screen.queryByRole('button', { name: 'Mark all read' })).not.toBeInTheDocument()
})

it('says politely what comes while somebody looks, and not what was there before', async () => {
  const queries = show()
  await screen.findByRole('button', { name: 'Notifications, 1 unread' })
  expect(screen.getByRole('status')).toBeEmptyDOMElement()
  items = [broke, failed]
  await queries.invalidateQueries({ queryKey: newsQuery.queryKey })
  await waitFor(() => expect(screen.getByRole('status')).toHaveTextContent('The deployment churn broke.'))
  expect(screen.getByRole('status')).not.toHaveTextContent('AutoML')
})
