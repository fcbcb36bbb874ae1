// The server as the scripts talk to it beside the browser: its API as somebody who is signed in, and the simulator's control API.
export const BASE_URL = (process.env.BASE_URL ?? 'http://127.0.0.1:8080').replace(/\/$/, '')

/** The demo logins the server offers before sign-in. */
export async function demoLogins() {
  const { demo_logins: logins = [], simulator } = await json('GET', '/api/config')
  if (logins.length === 0) throw new Error('The server offers no demo logins: start it with its demo data.')
  return { logins, simulator }
}

async function json(method, path, body, headers = {}) {
  const raw = body instanceof Blob
  const response = await fetch(BASE_URL + path, {
    method,
    // Where the browser would stand: without it the server takes a cookie for forged.
    headers: { Origin: BASE_URL, ...(body === undefined || raw ? {} : { 'Content-Type': 'application/json' }), ...headers },
    body: body === undefined || raw ? body : JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
  return text === '' ? undefined : JSON.parse(text)
}

const sessions = new Map()

/** The cookie of somebody who has signed in, by e-mail address; asked for once in a run. */
export function session({ email, password }) {
  if (!sessions.has(email)) sessions.set(email, begin(email, password))
  return sessions.get(email)
}

async function begin(email, password) {
  const response = await fetch(`${BASE_URL}/api/v1/session`, { method: 'POST', headers: { Origin: BASE_URL, 'Content-Type': 'application/json' }, body: JSON.stringify({ email, password }) })
  if (!response.ok) throw new Error(`signing in as ${email} was answered ${response.status}: ${await response.text()}`)
  const [pair] = response.headers.getSetCookie()[0].split(';')
  const cut = pair.indexOf('=')
  return { name: pair.slice(0, cut), value: pair.slice(cut + 1) }
}

/** The API for one person in the business they belong to first. */
export function apiOf(login) {
  const call = async (method, path, body, headers) => {
    const { name, value } = await session(login)
    return json(method, `/api/v1${path}`, body, { Cookie: `${name}=${value}`, ...headers })
  }
  return { get: (path) => call('GET', path), post: (path, body, headers) => call('POST', path, body, headers), patch: (path, body) => call('PATCH', path, body), put: (path, body) => call('PUT', path, body), delete: (path) => call('DELETE', path) }
}

/** The simulator's control API: asks without a body, tells with one. */
export const sim = (path, body, method = body === undefined ? 'GET' : 'POST') => json(method, `/_sim${path}`, body)

/** Asks until the answer will do; no longer than `ms`. */
export async function until(ask, good, ms = 15_000) {
  const end = Date.now() + ms
  for (;;) {
    const found = await ask()
    if (good(found)) return found
    if (Date.now() > end) throw new Error(`after ${ms} ms still ${JSON.stringify(found)?.slice(0, 400)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
