import createClient, { type Middleware } from 'openapi-fetch'
import { ApiError, NetworkError } from './error'
import type { paths } from './schema'
import { tenantId } from './tenant'

type UnauthenticatedHandler = () => void
let onUnauthenticated: UnauthenticatedHandler = () => undefined

/** The app says what a lost session means (it goes to sign-in); the client only notices it. */
export function setUnauthenticatedHandler(handler: UnauthenticatedHandler) {
  onUnauthenticated = handler
}

const middleware: Middleware = {
  onRequest({ request }) {
    const tenant = tenantId()
    // A switch names the tenant it is going to; everything else speaks for the current one.
    if (tenant && !request.headers.has('X-Tenant-Id')) request.headers.set('X-Tenant-Id', tenant)
    request.headers.set('Accept', 'application/json, application/problem+json')
    return request
  },
  async onResponse({ response, schemaPath }) {
    if (response.ok) return undefined
    const error = await ApiError.from(response)
    if (response.status === 401 && !schemaPath.endsWith('/session')) onUnauthenticated()
    throw error
  },
  onError() {
    return new NetworkError()
  },
}

export const api = createClient<paths>({ baseUrl: '/api/v1', credentials: 'same-origin' })
api.use(middleware)

/** Waits for a call and gives its body; failures have already been thrown by the middleware. */
export async function data<T>(call: Promise<{ data?: T }>): Promise<T> {
  const result = await call
  if (result.data === undefined) throw new ApiError({ status: 200, code: 'empty_answer', detail: 'The server answered without a body.' })
  return result.data
}

export async function done(call: Promise<unknown>): Promise<void> {
  await call
}

/** JSON calls outside /api/v1 (public config, the simulator), with the same errors. */
export async function fetchJson<T>(path: string, init?: { method?: string; body?: unknown; signal?: AbortSignal }): Promise<T> {
  let response: Response
  try {
    response = await fetch(path, {
      method: init?.method ?? 'GET',
      credentials: 'same-origin',
      headers: init?.body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: init?.body === undefined ? undefined : JSON.stringify(init.body),
      signal: init?.signal,
    })
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new NetworkError()
  }
  if (!response.ok) throw await ApiError.from(response)
  const text = await response.text()
  return (text ? JSON.parse(text) : undefined) as T
}
