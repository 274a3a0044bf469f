/** Installations that a test may stop and start, and what may stand between them and a browser. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, request as ask, type IncomingMessage } from 'node:http'
import { connect, createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '../..')

/** A `maestro up` of its own. */
export class Installation {
  readonly home: string
  readonly port: number
  readonly #settings: Record<string, string>
  #process: ChildProcess | null = null

  private constructor(home: string, port: number, settings: Record<string, string>) {
    this.home = home
    this.port = port
    this.#settings = settings
  }

  static async start(settings: Record<string, string> = {}): Promise<Installation> {
    const home = mkdtempSync(join(tmpdir(), 'maestro-e2e-'))
    chmodSync(home, 0o711)
    const found = new Installation(home, await freePort(), settings)
    await found.start()
    return found
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get password(): string {
    return readFileSync(join(this.home, 'secrets', 'admin_password'), 'utf8').trim()
  }

  get key(): string {
    return (JSON.parse(readFileSync(join(this.home, 'credentials.json'), 'utf8')) as { api_key: string }).api_key
  }

  async start(): Promise<void> {
    const limits = { MAESTRO_LIMIT_LOGIN_PER_MINUTE: '0', MAESTRO_LIMIT_API_PER_MINUTE: '0', MAESTRO_LIMIT_AUTOML_PER_HOUR: '0' }
    this.#process = spawn(join(ROOT, '.venv/bin/maestro'), ['up', '--port', String(this.port)], {
      env: { ...process.env, MAESTRO_HOME: this.home, ...limits, ...this.#settings },
      stdio: 'ignore',
    })
    const ready = `${this.url}${this.#settings['MAESTRO_WEB_BASE_PATH'] ?? ''}/health/ready`
    await until(async () => (await fetch(ready)).ok, 90_000)
  }

  async stop(): Promise<void> {
    const running = this.#process
    if (!running || running.exitCode !== null) return
    running.kill('SIGTERM')
    await once(running, 'exit')
  }

  async remove(): Promise<void> {
    await this.stop()
    rmSync(this.home, { recursive: true, force: true })
  }
}

/** Bytes from a port to another, and ways to cut them. */
export class Wire {
  readonly #server: Server
  readonly #open = new Set<Socket>()
  /** Cuts a connection once this many bytes have gone up on it; each cut takes one number. */
  readonly cutsAfter: number[] = []
  /** Cuts once when so many bytes have gone up on all connections together. */
  cutsAt = Infinity
  cuts = 0
  #up = 0

  private constructor(target: number, dropSocketsAfter: number | null) {
    this.#server = createTcp((browser) => {
      const server = connect(target, '127.0.0.1')
      this.#join(browser, server, dropSocketsAfter)
    })
  }

  /** Listens before `target`; WebSockets are dropped after so many milliseconds. */
  static async before(target: number, options: { dropSocketsAfter?: number } = {}): Promise<Wire> {
    const wire = new Wire(target, options.dropSocketsAfter ?? null)
    await new Promise<void>((resolve) => wire.#server.listen(0, '127.0.0.1', resolve))
    return wire
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  #join(browser: Socket, server: Socket, dropAfter: number | null): void {
    let sent = 0
    const cut = () => {
      this.cuts += 1
      browser.destroy()
      server.destroy()
    }
    for (const socket of [browser, server]) {
      this.#open.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        this.#open.delete(socket)
        browser.destroy()
        server.destroy()
      })
    }
    browser.on('data', (bytes) => {
      if (sent === 0 && dropAfter !== null && /^upgrade: websocket/im.test(bytes.toString('latin1'))) setTimeout(cut, dropAfter)
      sent += bytes.length
      this.#up += bytes.length
      if (this.#up > this.cutsAt) {
        this.cutsAt = Infinity
        cut()
      } else if (sent > (this.cutsAfter[0] ?? Infinity)) {
        this.cutsAfter.shift()
        cut()
      } else if (!server.write(bytes)) {
        browser.pause()
        server.once('drain', () => browser.resume())
      }
    })
    server.pipe(browser)
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** How much memory a server takes, asked again and again. */
export class MemoryOf {
  readonly #timer: NodeJS.Timeout
  readonly #look: () => Promise<number>
  #before = 0
  #most = 0

  private constructor(look: () => Promise<number>) {
    this.#look = look
    this.#timer = setInterval(() => void this.#note().catch(() => undefined), 250)
  }

  static async server(own: Installation): Promise<MemoryOf> {
    const headers = { Authorization: `Bearer ${own.key}` }
    const look = async () => ((await (await fetch(`${own.url}/api/v1/system`, { headers })).json()) as { memory_bytes: number }).memory_bytes
    const memory = new MemoryOf(look)
    memory.#before = await look()
    return memory
  }

  async #note(): Promise<void> {
    this.#most = Math.max(this.#most, await this.#look())
  }

  /** MiB that it has grown by, at most. */
  async grown(): Promise<number> {
    await this.#note()
    return (this.#most - this.#before) / 2 ** 20
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}

/** A reverse proxy that shows `target` below `/maestro`; it may take that off the paths. What is elsewhere is not found. */
export async function reverseProxy(target: number, { strips }: { strips: boolean }): Promise<{ url: string; close: () => Promise<unknown> }> {
  const pathOf = ({ url = '/' }: IncomingMessage) => (strips ? url.replace(/^\/maestro(?=\/|$)/, '') || '/' : url)
  const passed = (incoming: IncomingMessage) => ({ host: '127.0.0.1', port: target, method: incoming.method, path: pathOf(incoming), headers: incoming.headers })
  const server = createServer((incoming, answer) => {
    if (!incoming.url?.startsWith('/maestro')) return void answer.writeHead(404).end('not of Maestro')
    const onward = ask(passed(incoming), (found) => {
      answer.writeHead(found.statusCode ?? 502, found.rawHeaders)
      found.pipe(answer)
    })
    onward.on('error', () => answer.destroy())
    incoming.pipe(onward)
  })
  server.on('upgrade', (incoming: IncomingMessage, browser: Socket) => {
    const onward = ask(passed(incoming)).end()
    onward.on('error', () => browser.destroy())
    onward.on('upgrade', (found, socket) => {
      const lines = found.rawHeaders.flatMap((name, index, all) => (index % 2 === 0 ? [`${name}: ${all[index + 1]}`] : []))
      browser.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`)
      for (const each of [browser, socket]) each.on('error', () => undefined)
      socket.pipe(browser).pipe(socket)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}

/** Waits until `holds`; what it throws counts as not yet. */
export async function until(holds: () => Promise<boolean>, milliseconds: number): Promise<void> {
  const deadline = Date.now() + milliseconds
  while (!(await holds().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`This did not come about in ${milliseconds} ms: ${holds}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

export async function freePort(): Promise<number> {
  const server = createTcp()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
