import { ApiError, NetworkError } from './error'
import { tenantId } from './tenant'

/** Types under which a body means something else than a file. The server tells the file's type by its name then. */
const NOT_OF_FILES = ['application/json', 'multipart/form-data']

export function bodyType(file: { type: string }) {
  const type = file.type.split(';')[0]?.trim().toLowerCase() ?? ''
  return !type || NOT_OF_FILES.includes(type) ? 'application/octet-stream' : file.type
}

interface UploadOptions {
  onProgress?: (done: number) => void
  signal?: AbortSignal
  method?: 'POST' | 'PUT'
  /** The current one if left out. */
  tenant?: string
}

/** A body with progress, which fetch does not tell: the bytes bare, under their own type. */
export function upload<T>(path: string, file: Blob, { onProgress, signal, method = 'POST', tenant = tenantId() }: UploadOptions = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(method, `/api/v1${path}`)
    request.withCredentials = true
    request.setRequestHeader('Accept', 'application/json, application/problem+json')
    request.setRequestHeader('Content-Type', bodyType(file))
    if (tenant) request.setRequestHeader('X-Tenant-Id', tenant)
    request.upload.onprogress = (event) => event.lengthComputable && onProgress?.(event.loaded / event.total)
    request.onerror = () => reject(new NetworkError())
    request.onabort = () => reject(new DOMException('aborted', 'AbortError'))
    request.onload = () => {
      const answer = new Response(request.responseText, { status: request.status, headers: { 'Retry-After': request.getResponseHeader('Retry-After') ?? '' } })
      if (request.status >= 200 && request.status < 300) answer.json().then(resolve as (value: unknown) => void, reject)
      else ApiError.from(answer).then(reject, reject)
    }
    signal?.addEventListener('abort', () => request.abort(), { once: true })
    request.send(file)
  })
}
