/** Files in parts: what has arrived stays arrived, through cuts of the connection and reloads of the page. */
import { api, ApiError, data, ServerAway, upload, type Schema, type UploadProgress } from '@/api'

type Partial = Schema['PartialUpload']
export type Uploaded = Schema['UploadedVersion']

interface Sending {
  file: File
  name: string
  /** The data set that gets a new version, instead of one by `name`. */
  to?: string | undefined
  signal: AbortSignal
  onProgress: (progress: UploadProgress & { waiting?: boolean }) => void
}

/** Up to here one request is quicker than parts. */
export const ONE_REQUEST_BYTES = 8 * 2 ** 20
const KEPT = 'maestro.uploads'
const SAMPLE_BYTES = 64 * 1024
const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 15_000

/** An upload that stopped: the address of its parts by the file's fingerprint. No credential is kept. */
export interface Kept {
  id: string
  file: string
  size: number
  at: number
}

/** What was begun on this machine and not finished, newest first. */
export function keptUploads(): Kept[] {
  return Object.values(read()).sort((a, b) => b.at - a.at)
}

function read(): Record<string, Kept> {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? '{}') as Record<string, Kept>
  } catch {
    return {}
  }
}

function keep(fingerprint: string, kept: Kept | null): void {
  const { [fingerprint]: _, ...rest } = read()
  localStorage.setItem(KEPT, JSON.stringify(kept === null ? rest : { ...rest, [fingerprint]: kept }))
}

export function forget(id: string): void {
  for (const [fingerprint, kept] of Object.entries(read())) if (kept.id === id) keep(fingerprint, null)
  void api.DELETE('/api/v1/uploads/{upload_id}', { params: { path: { upload_id: id } } }).catch(() => undefined)
}

/** The same file gives the same text: name, size, time, and a hash over its two ends. */
export async function fingerprintOf(file: File): Promise<string> {
  const ends = await Promise.all([file.slice(0, SAMPLE_BYTES).arrayBuffer(), file.slice(-SAMPLE_BYTES).arrayBuffer()])
  let hash = 0x811c9dc5
  for (const end of ends) for (const byte of new Uint8Array(end)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return [file.name, file.size, file.lastModified, hash.toString(16)].join('|')
}

/** Sends a file; a large one goes on where an earlier attempt stopped. Raises ApiError or AbortError. */
export async function sendFile(sending: Sending): Promise<Uploaded> {
  const { file, name, to, signal, onProgress } = sending
  if (file.size <= ONE_REQUEST_BYTES) {
    const query = new URLSearchParams(to === undefined ? { name, filename: file.name } : { filename: file.name })
    const path = to === undefined ? '/api/v1/datasets/upload' : `/api/v1/datasets/${encodeURIComponent(to)}/versions`
    return upload<Uploaded>(`${path}?${query}`, file, { onProgress, signal })
  }
  const fingerprint = await fingerprintOf(file)
  const state = await again(() => begun(fingerprint, file), sending)
  await sendParts(state, sending)
  const body = {
    ...(to === undefined ? { name } : { dataset: to }),
    filename: file.name,
    description: '',
  } as Schema['PartialUploadFinish']
  try {
    const finished = await again(
      () => data(api.POST('/api/v1/uploads/{upload_id}/finish', { params: { path: { upload_id: state.id } }, body, signal })),
      sending,
    )
    keep(fingerprint, null)
    return finished
  } catch (error) {
    // The whole file is there and is no table: sending it again would change nothing.
    if (error instanceof ApiError && error.status < 500) {
      forget(state.id)
      keep(fingerprint, null)
    }
    throw error
  }
}

async function begun(fingerprint: string, file: File): Promise<Partial> {
  const kept = read()[fingerprint]
  if (kept) {
    try {
      return await data(api.GET('/api/v1/uploads/{upload_id}', { params: { path: { upload_id: kept.id } } }))
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error
    }
  }
  const made = await data(api.POST('/api/v1/uploads', { body: { size: file.size } }))
  keep(fingerprint, { id: made.id, file: file.name, size: file.size, at: Date.now() })
  return made
}

async function sendParts(state: Partial, sending: Sending): Promise<void> {
  const { file, signal, onProgress } = sending
  const size = (number: number) => Math.min(state.part_bytes, file.size - (number - 1) * state.part_bytes)
  const received = new Set(state.received)
  let sent = state.received.reduce((sum, number) => sum + size(number), 0)
  onProgress({ sent, total: file.size })
  for (let number = 1; number <= state.parts; number++) {
    if (received.has(number)) continue
    const from = (number - 1) * state.part_bytes
    // Only this part is read from the disk.
    const part = file.slice(from, from + size(number))
    await again(
      () =>
        upload<unknown>(`/api/v1/uploads/${state.id}/parts/${number}`, part, {
          method: 'PUT',
          signal,
          onProgress: (progress) => onProgress({ sent: sent + Math.min(progress.sent, part.size), total: file.size }),
        }),
      sending,
    )
    sent += part.size
    onProgress({ sent, total: file.size })
  }
}

/** Tries until the server answers; what it refuses is raised. */
async function again<Value>(attempt: () => Promise<Value>, { signal, onProgress, file }: Sending): Promise<Value> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await attempt()
    } catch (error) {
      if (!passes(error)) throw error
      onProgress({ sent: 0, total: file.size, waiting: true })
      await rest(pause, signal)
    }
  }
}

/** Whether a failure goes away by itself: nobody answered, or a proxy or a full queue did. */
function passes(error: unknown): boolean {
  if (error instanceof ServerAway) return true
  return error instanceof ApiError && (error.code === 'dataset.upload_interrupted' || [429, 502, 503, 504].includes(error.status))
}

function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(new DOMException('Cancelled', 'AbortError'))
    })
  })
}

