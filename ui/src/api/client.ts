/** The one way to the server: typed by its OpenAPI document, logged in, with errors that can be shown. */
import createClient from 'openapi-fetch'

import { address } from './address'
import { ApiError } from './errors'
import { relogin } from './lapse'
import type { components, paths } from './schema'
import { accessToken, dropToken, loggedOut, refusal, send } from './session'

export type Schema = components['schemas']

/** Sends a request with the login; renews it if the server no longer takes it, by hand if need be. */
export async function authorized(request: Request): Promise<Response> {
  const [second, third] = [request.clone(), request.clone()]
  let answer = await attempt(request)
  if (answer.status === 401) {
    dropToken()
    answer = await attempt(second)
  }
  if (answer.status === 401 && (await relogin())) answer = await attempt(third)
  if (answer.status === 401) loggedOut()
  return answer
}

async function attempt(request: Request): Promise<Response> {
  const token = await accessToken()
  if (token !== null) request.headers.set('Authorization', `Bearer ${token}`)
  return send(request)
}

export const api = createClient<paths>({
  baseUrl: address(''),
  fetch: authorized,
  querySerializer: { array: { style: 'form', explode: true } },
})

api.use({
  async onResponse({ response }) {
    if (!response.ok) throw await refusal(response)
    return response
  },
})

/** The body of an answer; refusals have been thrown before. */
export async function data<Body>(answer: Promise<{ data?: Body; response: Response }>): Promise<Body> {
  const { data, response } = await answer
  if (data === undefined) throw new ApiError({}, response.status)
  return data
}

/** For answers without a body. */
export async function done(answer: Promise<unknown>): Promise<void> {
  await answer
}

/** A GET that the document has no types for: a file, or a parameter of a hot path. */
export async function fetchRaw(path: string, signal?: AbortSignal): Promise<Response> {
  const answer = await authorized(new Request(address(path), signal ? { signal } : {}))
  if (!answer.ok) throw await refusal(answer)
  return answer
}
