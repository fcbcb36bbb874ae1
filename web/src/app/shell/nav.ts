import { BookUser, CodeXml, Inbox, type LucideIcon, Phone, Smartphone } from 'lucide-react'
import { useSession } from '@/lib/session'

export interface NavItem {
  href: string
  icon: LucideIcon
  /** Key under nav.* */
  name: 'inbox' | 'contacts' | 'numbers' | 'developers' | 'simulator'
  /** The second key of "g …". */
  key: string
}

/** What this session can reach: modules that are on, the simulator when it runs inside. */
export function useNavItems(): NavItem[] {
  const { session, config } = useSession()
  const on = (module: string) => session.modules.includes(module)
  const items: (NavItem | false)[] = [
    on('messaging') && { href: '/inbox', icon: Inbox, name: 'inbox', key: 'i' },
    on('contacts') && { href: '/contacts', icon: BookUser, name: 'contacts', key: 'c' },
    on('messaging') && { href: '/numbers', icon: Phone, name: 'numbers', key: 'n' },
    { href: '/developers', icon: CodeXml, name: 'developers', key: 'd' },
    config.simulator && { href: '/simulator', icon: Smartphone, name: 'simulator', key: 's' },
  ]
  return items.filter((item): item is NavItem => item !== false)
}
