export interface FieldError {
  field: string
  message: string
  /** The limit that was not kept, and what was found. */
  limit?: number
  value?: unknown
}

/** A problem+json answer (RFC 9457). `code` is stable and may be branched on; `detail` is for people. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly errors: FieldError[]
  readonly retryAfter?: number

  constructor(init: { status: number; code: string; detail: string; errors?: FieldError[]; retryAfter?: number }) {
    super(init.detail)
    this.name = 'ApiError'
    this.status = init.status
    this.code = init.code
    this.detail = init.detail
    this.errors = init.errors ?? []
    this.retryAfter = init.retryAfter
  }

  static async from(response: Response): Promise<ApiError> {
    const body = await response
      .clone()
      .json()
      .catch(() => undefined)
    const problem = isRecord(body) ? body : {}
    const header = Number(response.headers.get('Retry-After'))
    const retry = typeof problem.retry_after === 'number' ? problem.retry_after : header > 0 ? header : undefined
    return new ApiError({
      status: response.status,
      code: str(problem.code) ?? `http_${response.status}`,
      // The simulator's control surface answers in Meta's shape: {error: {message}}.
      detail: str(problem.detail) ?? str(problem.title) ?? (isRecord(problem.error) ? str(problem.error.message) : undefined) ?? `${response.status} ${response.statusText}`.trim(),
      errors: Array.isArray(problem.errors) ? problem.errors.filter(isFieldError) : [],
      retryAfter: retry,
    })
  }
}

/** The request never got an answer: no network, or the server is down. */
export class NetworkError extends Error {
  constructor() {
    super('network')
    this.name = 'NetworkError'
  }
}

const str = (v: unknown) => (typeof v === 'string' && v !== '' ? v : undefined)
const isRecord = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null
const isFieldError = (v: unknown): v is FieldError =>
  isRecord(v) && typeof v.field === 'string' && typeof v.message === 'string'
