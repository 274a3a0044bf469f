import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, render, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { meQuery } from '@/access'
import { address, relogin } from '@/api'

import { LapseDialog } from './LapseDialog'

const asked: unknown[] = []
const token = `h.${btoa(JSON.stringify({ sub: 'ada', tid: 'acme' }))}.s`
const server = setupServer(
  http.post(address('/api/v1/auth/session'), async ({ request }) => {
    const body = (await request.json()) as { password: string }
    asked.push(body)
    if (body.password !== 'correct horse') return HttpResponse.json({ code: 'auth.login_failed', title: 'No', detail: 'Wrong.' }, { status: 401 })
    return HttpResponse.json({ access_token: token, token_type: 'Bearer', expires_in: 900 })
  }),
)

beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterAll(() => server.close())

function show(): void {
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  queries.setQueryData(meQuery.queryKey, {
    user: { id: 'ada', kind: 'person', email: 'ada@example.com', name: 'Ada', role: 'viewer', active: true, created_at: '' },
    tenant: { id: 'acme', name: 'Acme', created_at: '' },
    permissions: [],
  })
  render(
    <QueryClientProvider client={queries}>
      <LapseDialog />
    </QueryClientProvider>,
  )
}

it('is there when a login has ended, and lets go on after the right password alone', async () => {
  show()
  expect(screen.queryByRole('dialog')).not.toBeInTheDocument()
  let answer: Promise<boolean> | undefined
  act(() => void (answer = relogin()))
  expect(await screen.findByLabelText('E-mail address')).toHaveValue('ada@example.com')
  await userEvent.type(screen.getByLabelText('Password'), 'a guess')
  await userEvent.click(screen.getByRole('button', { name: 'Go on' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('auth.login_failed')
  await userEvent.clear(screen.getByLabelText('Password'))
  await userEvent.type(screen.getByLabelText('Password'), 'correct horse')
  await userEvent.click(screen.getByRole('button', { name: 'Go on' }))
  expect(await answer).toBe(true)
  await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument())
  expect(asked.at(-1)).toEqual({ email: 'ada@example.com', password: 'correct horse', tenant: 'acme' })
})

it('can be given up', async () => {
  show()
  let answer: Promise<boolean> | undefined
  act(() => void (answer = relogin()))
  await userEvent.click(await screen.findByRole('button', { name: 'Log in as somebody else' }))
  expect(await answer).toBe(false)
})
