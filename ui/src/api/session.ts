/** The login: an access token in memory; the login itself is in a cookie that no script reads. */
import { address } from './address'
import { found, lost } from './connection'
import { ApiError, ServerAway } from './errors'
import { settleLapse } from './lapse'
import type { components } from './schema'

type AccessToken = components['schemas']['AccessToken']

const SESSION = '/api/v1/auth/session'
// Renewed a little early, so that no request is sent with a token that ends on its way.
const MARGIN_MS = 30_000

let token: { value: string; endsAt: number } | null = null
let resuming: Promise<boolean> | null = null
/** Whose page this is: the person and the tenant; what it shows is theirs. */
let owner: string | null = null
let onLogout: () => void = () => undefined

/** What to do when the login has ended. */
export function whenLoggedOut(action: () => void): void {
  onLogout = action
}

export function loggedOut(): void {
  token = owner = null
  onLogout()
}

// The tabs of a browser share one login.
type Announcement = { type: 'in'; owner: string } | { type: 'out' }
const tabs = 'BroadcastChannel' in globalThis ? new BroadcastChannel(`maestro${address('')}`) : null

tabs?.addEventListener('message', ({ data }: MessageEvent<Announcement>) => {
  if (owner === null) return
  if (data.type === 'out') loggedOut()
  else if (data.owner === owner) settleLapse(true)
  else location.assign(address('/'))
})

function announce(announcement: Announcement): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is of one origin
  tabs?.postMessage(announcement)
}

function ownerOf(value: string): string {
  const claims = JSON.parse(atob((value.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'))) as Record<string, unknown>
  return `${String(claims['sub'])} ${String(claims['tid'])}`
}

function csrfToken(): string | null {
  const name = `maestro_csrf_${location.port}=`
  const found = document.cookie.split('; ').find((cookie) => cookie.startsWith(name))
  return found?.slice(name.length) ?? null
}

function keep(issued: AccessToken): void {
  const theirs = ownerOf(issued.access_token)
  // Another tab has logged somebody else in: nothing that this one shows is for them.
  if (owner !== null && owner !== theirs) location.assign(address('/'))
  owner = theirs
  token = { value: issued.access_token, endsAt: Date.now() + issued.expires_in * 1000 - MARGIN_MS }
}

/** `fetch` that tells "the server is away" from every other failure. */
export async function send(request: Request): Promise<Response> {
  let answer: Response
  try {
    answer = await fetch(request)
  } catch (error) {
    if (request.signal.aborted) throw error
    lost()
    throw new ServerAway()
  }
  if (answer.status === 502 || answer.status === 504) {
    lost()
    throw new ServerAway()
  }
  found()
  return answer
}

export async function refusal(answer: Response): Promise<ApiError> {
  const text = await answer.text()
  try {
    return new ApiError(JSON.parse(text), answer.status)
  } catch {
    return new ApiError({}, answer.status)
  }
}

async function askForToken(path: string, init: RequestInit): Promise<void> {
  const answer = await send(new Request(address(path), { method: 'POST', ...init }))
  if (!answer.ok) throw await refusal(answer)
  keep((await answer.json()) as AccessToken)
}

async function resume(): Promise<boolean> {
  const csrf = csrfToken()
  if (csrf === null) return false
  try {
    await askForToken(`${SESSION}/resume`, { headers: { 'X-CSRF-Token': csrf } })
    return true
  } catch (error) {
    if (error instanceof ApiError && error.status < 500) return false
    throw error
  }
}

/** Whether somebody is logged in; asks the cookie if there is no token that lasts. */
export async function ensureSession(): Promise<boolean> {
  if (token && token.endsAt > Date.now()) return true
  resuming ??= resume().finally(() => (resuming = null))
  return resuming
}

/** The token to send now, or null. */
export async function accessToken(): Promise<string | null> {
  return (await ensureSession()) ? (token?.value ?? null) : null
}

/** Forgets the token, so that the next request asks the cookie. */
export function dropToken(): void {
  token = null
}

export interface Login {
  email: string
  password: string
  tenant?: string
}

const asJson = (body: object) => ({ headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })

/** Logs in; whoever was here before is not any more. */
export async function logIn(login: Login): Promise<void> {
  owner = null
  await askForToken(SESSION, asJson(login))
  if (owner !== null) announce({ type: 'in', owner })
}

/** Logs in again as the one whose page this is; what waits for it goes on. */
export async function logInAgain(login: Login): Promise<void> {
  await askForToken(SESSION, asJson(login))
  if (owner !== null) announce({ type: 'in', owner })
  settleLapse(true)
}

/** Goes on in another tenant of the caller's, and starts over there. */
export async function switchTenant(tenant: string): Promise<void> {
  const value = await accessToken()
  const { headers, body } = asJson({ tenant })
  owner = null
  await askForToken(`${SESSION}/switch`, { headers: { ...headers, Authorization: `Bearer ${value ?? ''}` }, body })
  if (owner !== null) announce({ type: 'in', owner })
  location.assign(address('/'))
}

export async function logOut(): Promise<void> {
  const value = await accessToken()
  token = owner = null
  if (value === null) return
  const headers = { Authorization: `Bearer ${value}` }
  await send(new Request(address(SESSION), { method: 'DELETE', headers }))
  announce({ type: 'out' })
}
