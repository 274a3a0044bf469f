import { act, renderHook, waitFor } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'

import { address } from './address'
import { api, data } from './client'
import { ApiError, ServerAway } from './errors'
import { settleLapse, useLapsed } from './lapse'
import { dropToken, whenLoggedOut } from './session'

const token = (number: number, sub = 'ada') => `h.${btoa(JSON.stringify({ sub, tid: 'acme' }))}.${number}`
const me = { user: { email: 'ada@example.com' }, tenant: {}, permissions: [] }
const server = setupServer()
let issued = 0

beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

beforeEach(() => {
  issued = 0
  dropToken()
  document.cookie = `maestro_csrf_${location.port}=ours`
  server.use(
    http.post(address('/api/v1/auth/session/resume'), ({ request }) => {
      if (request.headers.get('x-csrf-token') !== 'ours') return HttpResponse.json({ code: 'auth.csrf_token_wrong' }, { status: 403 })
      issued += 1
      return HttpResponse.json({ access_token: token(issued), token_type: 'Bearer', expires_in: 900 })
    }),
  )
})

const askWho = () => data(api.GET('/api/v1/auth/me'))

it('renews the login once when the server no longer takes it', async () => {
  server.use(
    http.get(address('/api/v1/auth/me'), ({ request }) =>
      request.headers.get('authorization') === `Bearer ${token(2)}`
        ? HttpResponse.json(me)
        : HttpResponse.json({ code: 'auth.token_expired', title: '', detail: '' }, { status: 401 }),
    ),
  )
  expect(await askWho()).toEqual(me)
  expect(issued).toBe(2)
})

it('asks for one token, however many requests begin together', async () => {
  server.use(http.get(address('/api/v1/auth/me'), () => HttpResponse.json(me)))
  await Promise.all([askWho(), askWho(), askWho()])
  expect(issued).toBe(1)
})

it('says that the login has ended when nothing renews it', async () => {
  const ended = vi.fn<() => void>()
  whenLoggedOut(ended)
  server.use(http.get(address('/api/v1/auth/me'), () => HttpResponse.json({ code: 'auth.token_revoked' }, { status: 401 })))
  await expect(askWho()).rejects.toMatchObject({ code: 'auth.token_revoked' })
  expect(ended).toHaveBeenCalledOnce()
})

it.each([true, false])('waits while somebody is asked to log in again, who does: %s', async (does) => {
  const { result } = renderHook(useLapsed)
  let open = false
  server.use(
    http.get(address('/api/v1/auth/me'), () =>
      open ? HttpResponse.json(me) : HttpResponse.json({ code: 'auth.token_revoked' }, { status: 401 }),
    ),
  )
  const answers = Promise.allSettled([askWho(), askWho()])
  await waitFor(() => expect(result.current).toBe(true))
  open = does
  act(() => settleLapse(does))
  expect((await answers).map(({ status }) => status)).toEqual(does ? ['fulfilled', 'fulfilled'] : ['rejected', 'rejected'])
  expect(result.current).toBe(false)
})

it("throws the server's own words", async () => {
  const problem = { code: 'tracking.run_not_found', title: 'There is no such run', detail: 'Look into the trash.', request_id: 'r-1' }
  server.use(http.get(address('/api/v1/auth/me'), () => HttpResponse.json(problem, { status: 404 })))
  const error = await askWho().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({ code: 'tracking.run_not_found', title: 'There is no such run', requestId: 'r-1', message: 'Look into the trash.' })
})

it.each([() => HttpResponse.error(), () => new HttpResponse('Bad Gateway', { status: 502 })])(
  'tells a server that is away from one that refuses',
  async (answer) => {
    server.use(http.get(address('/api/v1/auth/me'), answer))
    await expect(askWho()).rejects.toBeInstanceOf(ServerAway)
  },
)
