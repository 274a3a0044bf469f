import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'

import { meQuery, rolesQuery, type Permission } from '@/access'
import { address } from '@/api'
import { Toasts } from '@/components'

import { ledgerQuery } from '../api'
import { Forget } from './Forget'

const forgotten: unknown[] = []
const server = setupServer(
  http.delete(address('/api/v1/automl/history/:id'), ({ params }) => {
    forgotten.push(params['id'])
    return new HttpResponse(null, { status: 204 })
  }),
)

beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterEach(() => forgotten.splice(0))
afterAll(() => server.close())

function show(permissions: Permission[]): QueryClient {
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  queries.setQueryData(meQuery.queryKey, {
    user: { id: 'ada', kind: 'person', email: 'ada@example.com', name: 'Ada', role: 'viewer', active: true, created_at: '' },
    tenant: { id: 'acme', name: 'Acme', created_at: '' },
    permissions,
  })
  queries.setQueryData(rolesQuery.queryKey, [])
  queries.setQueryData(ledgerQuery.queryKey, {} as never)
  render(
    <QueryClientProvider client={queries}>
      <Forget search={{ id: 'abc', target: 'survived', dataset: 'titanic@1' }} />
      <Toasts />
    </QueryClientProvider>,
  )
  return queries
}

it('asks, erases, tells so, and has the ledger counted anew', async () => {
  const queries = show(['experiment:delete'])
  await userEvent.click(screen.getByRole('button', { name: 'Forget survived of titanic@1' }))
  expect(await screen.findByText(/the value ledger counts it no more/)).toBeVisible()
  expect(forgotten).toEqual([])
  await userEvent.click(screen.getByRole('button', { name: 'Forget' }))
  expect(await screen.findByText('survived of titanic@1 is forgotten.')).toBeVisible()
  expect(forgotten).toEqual(['abc'])
  await waitFor(() => expect(queries.getQueryState(ledgerQuery.queryKey)?.isInvalidated).toBe(true))
})

it('tells who may, to those who may not', async () => {
  show([])
  const button = screen.getByRole('button', { name: 'Forget survived of titanic@1' })
  expect(button).toHaveAttribute('aria-disabled', 'true')
  await userEvent.click(button)
  expect(await screen.findByText(/it needs experiment:delete/)).toBeVisible()
  expect(screen.queryByRole('dialog')).toBeNull()
})
