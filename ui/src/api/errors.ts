/** What can go wrong with a request: the server refused it, or nobody answered. */

/** RFC 9457 problem details, as the server writes them. */
export interface Problem {
  code: string
  title: string
  detail: string
  request_id?: string | null
  errors?: { field: string; message: string }[] | null
}

/** The server's own words: a stable code, and a sentence that says what to do next. */
export class ApiError extends Error {
  readonly code: string
  readonly status: number
  readonly title: string
  readonly requestId: string | null
  readonly fields: readonly { field: string; message: string }[]

  constructor(problem: Partial<Problem>, status: number) {
    super(problem.detail ?? `The server answered ${status}.`)
    this.name = 'ApiError'
    this.code = problem.code ?? `http.${status}`
    this.status = status
    this.title = problem.title ?? 'The request was refused'
    this.requestId = problem.request_id ?? null
    this.fields = problem.errors ?? []
  }
}

/** Nobody answered: the server or the network is away. */
export class ServerAway extends Error {
  constructor() {
    super('The server does not answer. Your work here is kept; it will be tried again.')
    this.name = 'ServerAway'
  }
}

/** `error` in one sentence. */
export function explain(error: unknown): string {
  return error instanceof Error ? error.message : 'Something unexpected happened.'
}
