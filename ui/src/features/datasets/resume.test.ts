import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'

import { ApiError } from '@/api'

import { fingerprintOf, keptUploads, ONE_REQUEST_BYTES, sendFile } from './resume'

const PART = 3 * 2 ** 20
const SIZE = ONE_REQUEST_BYTES + 1024 * 1024
const file = () => new File([new Uint8Array(SIZE)], 'big.csv', { lastModified: 1 })
const at = (path: string) => `http://localhost:3000/api/v1${path}`

let received: number[] = []
let cutAfter = Infinity
let finish = (): Response => HttpResponse.json({ dataset_name: 'big', number: 1, created: true }, { status: 201 })

const server = setupServer(
  http.post(at('/auth/session/resume'), () => HttpResponse.json({ access_token: 'a', expires_in: 900 })),
  http.post(at('/uploads'), () => {
    received = []
    return HttpResponse.json({ id: 'u1', size: SIZE, part_bytes: PART, parts: 3, received })
  }),
  http.get(at('/uploads/u1'), () => HttpResponse.json({ id: 'u1', size: SIZE, part_bytes: PART, parts: 3, received })),
  http.put(at('/uploads/u1/parts/:number'), ({ params }) => {
    if (received.length >= cutAfter) return HttpResponse.json({ code: 'auth.required' }, { status: 403 })
    received.push(Number(params['number']))
    return new HttpResponse(null, { status: 204 })
  }),
  http.post(at('/uploads/u1/finish'), () => finish()),
  http.delete(at('/uploads/u1'), () => new HttpResponse(null, { status: 204 })),
)

beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterAll(() => server.close())
beforeEach(() => localStorage.clear())
afterEach(() => {
  cutAfter = Infinity
  received = []
})

const send = (onProgress: (progress: { sent: number }) => void = () => undefined) =>
  sendFile({ file: file(), name: 'big', signal: new AbortController().signal, onProgress })

it('goes on where an attempt was cut, without sending a part twice', async () => {
  cutAfter = 1
  await expect(send()).rejects.toThrow(ApiError)
  expect(keptUploads()).toMatchObject([{ id: 'u1', file: 'big.csv', size: SIZE }])
  cutAfter = Infinity
  const seen: number[] = []
  await expect(send(({ sent }) => seen.push(sent))).resolves.toMatchObject({ dataset_name: 'big' })
  expect(received).toEqual([1, 2, 3])
  expect(seen[0]).toBe(PART)
  expect(keptUploads()).toEqual([])
})

it('keeps nothing of a file that is no table', async () => {
  finish = () => HttpResponse.json({ code: 'dataset.unsupported_file', detail: 'This is a PNG picture.' }, { status: 400 })
  await expect(send()).rejects.toMatchObject({ code: 'dataset.unsupported_file' })
  expect(keptUploads()).toEqual([])
})

it('knows a file again, and another one not', async () => {
  expect(await fingerprintOf(file())).toBe(await fingerprintOf(file()))
  const other = new File([new Uint8Array(SIZE).fill(1, SIZE - 1)], 'big.csv', { lastModified: 1 })
  expect(await fingerprintOf(other)).not.toBe(await fingerprintOf(file()))
})
