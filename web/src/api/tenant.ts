/**
 * Which tenant this browser tab works in. Kept per tab (sessionStorage) so two tabs can work in two tenants,
 * with the last choice remembered for new tabs.
 */
const KEY = 'wapro.tenant'
let current: string | undefined = read()

function read(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY) ?? undefined
  } catch {
    return undefined
  }
}

export const tenantId = () => current

export function setTenantId(id: string | undefined) {
  current = id
  try {
    if (id) {
      sessionStorage.setItem(KEY, id)
      localStorage.setItem(KEY, id)
    } else {
      sessionStorage.removeItem(KEY)
      localStorage.removeItem(KEY)
    }
  } catch {
    // Storage may be switched off; the choice then lives as long as the page.
  }
}
