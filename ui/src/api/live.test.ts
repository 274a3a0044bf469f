import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { follow, type LiveMessage } from './live'

/** What the browser's WebSocket does, with the server's side in the test's hands. */
class Line extends EventTarget {
  static readonly OPEN = 1
  static lines: Line[] = []
  readyState = 0
  sent: Record<string, unknown>[] = []

  constructor() {
    super()
    Line.lines.push(this)
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>)
  }

  close(): void {
    this.readyState = 3
    this.dispatchEvent(new Event('close'))
  }

  open(): void {
    this.readyState = 1
    this.dispatchEvent(new Event('open'))
  }

  say(message: object): void {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }))
  }
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('WebSocket', Line)
  Line.lines = []
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('logs in first, and goes on after a cut from where it was', async () => {
  const heard: LiveMessage[] = []
  const stop = follow('job', 'a-job', (message) => heard.push(message))
  await vi.advanceTimersByTimeAsync(0)
  const [first] = Line.lines
  first?.open()
  await vi.advanceTimersByTimeAsync(0)
  expect(first?.sent.map(({ type }) => type)).toEqual(['login'])

  first?.say({ type: 'ready' })
  const id = first?.sent[1]?.['id']
  expect(first?.sent[1]).toEqual({ type: 'subscribe', id, kind: 'job', target: 'a-job' })
  first?.say({ type: 'log', id, cursor: '7', chunks: [], complete: false })
  expect(heard).toHaveLength(1)

  first?.close()
  await vi.advanceTimersByTimeAsync(600)
  const [, second] = Line.lines
  second?.open()
  await vi.advanceTimersByTimeAsync(0)
  second?.say({ type: 'ready' })
  expect(second?.sent[1]).toMatchObject({ type: 'subscribe', cursor: '7' })

  stop()
  await vi.advanceTimersByTimeAsync(3000)
  expect(second?.readyState).toBe(3)
  expect(Line.lines).toHaveLength(2)
})
