/** Sends a file and tells how far it is, which fetch cannot. */
import { address } from './address'
import { ApiError, ServerAway } from './errors'
import { accessToken } from './session'

export interface UploadProgress {
  sent: number
  total: number
}

/** POST (or PUT) `file` to `path`; the answer's body. Raises ApiError, ServerAway, or AbortError. */
export async function upload<Body>(
  path: string,
  file: Blob,
  options: { method?: 'POST' | 'PUT'; onProgress?: (progress: UploadProgress) => void; signal?: AbortSignal } = {},
): Promise<Body> {
  const token = await accessToken()
  return new Promise<Body>((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(options.method ?? 'POST', address(path))
    if (token !== null) request.setRequestHeader('Authorization', `Bearer ${token}`)
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    request.upload.addEventListener('progress', (event) =>
      options.onProgress?.({ sent: event.loaded, total: event.total || file.size }),
    )
    request.addEventListener('load', () => {
      const body: unknown = parse(request.responseText)
      if (request.status < 300) resolve(body as Body)
      else reject(new ApiError((body ?? {}) as object, request.status))
    })
    request.addEventListener('error', () => reject(new ServerAway()))
    request.addEventListener('abort', () => reject(new DOMException('Cancelled', 'AbortError')))
    options.signal?.addEventListener('abort', () => request.abort())
    request.send(file)
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
