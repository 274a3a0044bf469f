/** Addresses that MLflow's clients print, such as `/#/experiments/1/runs/…`, and the pages that they mean here. */

/** The page that MLflow's `hash` means, or nothing if it is none of its addresses. */
export function placeInMlflow(hash: string) {
  const parts = readParts(hash)
  if (!parts) return
  const [noun, id, kind, inner] = parts
  if (noun === 'experiments') {
    if (id && kind === 'runs' && inner) return { to: '/runs/$runId', params: { runId: inner } } as const
    if (id) return { to: '/experiments/$experimentId', params: { experimentId: id } } as const
    return { to: '/experiments' } as const
  }
  if (noun === 'models') {
    if (id && kind === 'versions' && inner)
      return { to: '/models/$name/$version', params: { name: id, version: inner } } as const
    if (id) return { to: '/models/$name', params: { name: id } } as const
    return { to: '/models' } as const
  }
}

function readParts(hash: string): string[] | undefined {
  const path = /^#?\/([^?]*)/.exec(hash)?.[1]
  try {
    return path?.split('/').map(decodeURIComponent)
  } catch {
    // A percent sign that begins no character: nobody's address.
    return undefined
  }
}
