import { BookUser, CodeXml, Inbox, type LucideIcon, Phone, Smartphone } from 'lucide-react'
import { P } from '@/lib/permissions'
import { useCan, useSession } from '@/lib/session'

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
  const { config } = useSession()
  const { can, module: on } = useCan()
  const items: (NavItem | false)[] = [
    on('messaging') && can(P.messagesRead) && { href: '/inbox', icon: Inbox, name: 'inbox', key: 'i' },
    on('contacts') && can(P.contactsRead) && { href: '/contacts', icon: BookUser, name: 'contacts', key: 'c' },
    on('messaging') && can(P.channelsRead) && { href: '/numbers', icon: Phone, name: 'numbers', key: 'n' },
    (can(P.apiKeysRead) || can(P.modulesRead)) && { href: '/developers', icon: CodeXml, name: 'developers', key: 'd' },
    config.simulator && { href: '/simulator', icon: Smartphone, name: 'simulator', key: 's' },
  ]
  return items.filter((item): item is NavItem => item !== false)
}
