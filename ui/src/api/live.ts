/** Live updates: one WebSocket for the whole page, which comes back after a cut and misses nothing. */
import { address } from './address'
import type { Schema } from './client'
import { accessToken } from './session'

type Run = Schema['Run']
type Job = Schema['Job']
type LogChunk = Schema['JobLogChunk']

/** What the server says about a subscription. */
export type LiveMessage =
  | { type: 'run'; run: Run }
  | { type: 'points'; series: Schema['MetricHistory'][] }
  | { type: 'runs'; runs: Run[]; gone: string[] }
  | { type: 'reread'; keys: string[] | null }
  | { type: 'job'; job: Job }
  | { type: 'log'; chunks: LogChunk[]; complete: boolean }

type Received =
  | (LiveMessage & { id: string; cursor: string })
  | { type: 'ready' | 'heartbeat' }
  | { type: 'error'; id: string | null; code: string; detail: string }

type Kind = 'run' | 'experiment' | 'job'

interface Subscription {
  kind: Kind
  target: string | number
  cursor: string | null
  onMessage: (message: LiveMessage) => void
}

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 20_000
// The next page may want the connection that this one leaves.
const LINGER_MS = 2000

const subscriptions = new Map<string, Subscription>()
let socket: WebSocket | null = null
let ready = false
let pause = FIRST_PAUSE_MS
let next = 1

/** Calls back with what happens to a run, a job or an experiment's runs, until the returned function is called. */
export function follow(kind: Kind, target: string | number, onMessage: (message: LiveMessage) => void): () => void {
  const id = String(next++)
  subscriptions.set(id, { kind, target, cursor: null, onMessage })
  if (socket === null) void open()
  else if (ready) subscribe(id)
  return () => {
    subscriptions.delete(id)
    if (ready) say({ type: 'unsubscribe', id })
    setTimeout(() => subscriptions.size === 0 && socket?.close(), LINGER_MS)
  }
}

function say(message: object): void {
  socket?.send(JSON.stringify(message))
}

function subscribe(id: string): void {
  const subscription = subscriptions.get(id)
  if (!subscription) return
  const { kind, target, cursor } = subscription
  say({ type: 'subscribe', id, kind, target, ...(cursor !== null && { cursor }) })
}

async function open(): Promise<void> {
  const opened = new WebSocket(address('/api/v1/ws').replace(/^http/, 'ws'))
  socket = opened
  const token = await accessToken().catch(() => null)
  const login = () => opened.send(JSON.stringify({ type: 'login', token: token ?? '' }))
  if (opened.readyState === WebSocket.OPEN) login()
  else opened.addEventListener('open', login)
  opened.addEventListener('message', ({ data }) => hear(JSON.parse(String(data)) as Received))
  opened.addEventListener('close', () => {
    if (socket === opened) lose()
  })
}

function lose(): void {
  socket = null
  ready = false
  if (subscriptions.size === 0) return
  setTimeout(() => {
    if (socket === null && subscriptions.size > 0) void open()
  }, pause)
  pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
}

function hear(message: Received): void {
  if (message.type === 'ready') {
    ready = true
    pause = FIRST_PAUSE_MS
    for (const id of subscriptions.keys()) subscribe(id)
  } else if (message.type === 'error') {
    if (message.id !== null) subscriptions.delete(message.id)
  } else if ('cursor' in message) {
    const subscription = subscriptions.get(message.id)
    if (!subscription) return
    subscription.cursor = message.cursor
    subscription.onMessage(message)
  }
}
