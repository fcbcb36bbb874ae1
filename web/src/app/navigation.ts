import { matchRoute, useLocation, useRouter, useSearchParams } from 'wouter'
import { useCan } from '@/lib/session'
import type { NavEntry } from '@/lib/feature'
import { features } from './features'

const entries = features.flatMap((feature) => feature.nav ?? []).sort((a, b) => a.order - b.order)
export const routes = features.flatMap((feature) => feature.routes ?? [])

export interface NavItem extends NavEntry {
  count: number
}

/** The entries this session may use, in order. */
export function useNav(): NavItem[] {
  const access = useCan()
  return entries
    // The list never changes, so its hooks are called in the same order in every render.
    .map((entry) => ({ ...entry, shown: entry.allowed(access) }))
    .map((entry) => ({ ...entry, count: entry.badge?.useCount(entry.shown) ?? 0 }))
    .filter((entry) => entry.shown)
}

export const isCurrent = (path: string, href: string) => path === href || path.startsWith(`${href}/`)

/** How much of the shell the page on screen wants. */
export function useFrame(desktop: boolean) {
  const { parser } = useRouter()
  const [path] = useLocation()
  const [search] = useSearchParams()
  for (const { path: pattern, frame } of routes) {
    const [matches, params] = matchRoute(parser, pattern, path)
    if (matches) return frame?.({ desktop, params, search })
  }
  return undefined
}
