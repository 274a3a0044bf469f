export interface LoginSearch {
  /** Where to go afterwards. */
  next?: string
  /** The login before this one has come to its end. */
  ended?: boolean
}

export function loginSearch(search: Record<string, unknown>): LoginSearch {
  const next = search['next']
  return {
    // Only paths of this application: an address in a link must not lead elsewhere.
    ...(typeof next === 'string' && /^\/(?![/\\])/.test(next) && { next }),
    ...(search['ended'] === true && { ended: true }),
  }
}
