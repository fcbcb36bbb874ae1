import { ListFilter } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Channel } from '@/api/channels'
import type { ConversationFilter, ConversationState } from '@/api/conversations'
import { Button } from '@/components/ui/button'
import { DropdownMenu, DropdownMenuContent, DropdownMenuLabel, DropdownMenuRadioGroup, DropdownMenuRadioItem, DropdownMenuSeparator, DropdownMenuTrigger } from '@/components/ui/dropdown-menu'
import { cn } from '@/lib/utils'

const STATES: ConversationState[] = ['open', 'pending', 'snoozed', 'resolved']

interface FilterMenuProps {
  filter: ConversationFilter
  onFilter: (filter: ConversationFilter) => void
  channels: Channel[]
}

/** The state of the conversations, and the number they run on if there are several. */
export function FilterMenu({ filter, onFilter, channels }: FilterMenuProps) {
  const { t } = useTranslation()
  const number = channels.find((channel) => channel.id === filter.channel_id)?.name
  const chosen = [filter.state && t(`work.states.${filter.state}`), number].filter(Boolean).join(' · ')
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="sm" className={cn('min-w-0 shrink', chosen ? 'text-primary' : 'text-muted-foreground')}>
          <ListFilter aria-hidden />
          <span className="truncate">{chosen || t('work.filter')}</span>
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        <DropdownMenuLabel>{t('work.state')}</DropdownMenuLabel>
        <DropdownMenuRadioGroup value={filter.state ?? ''} onValueChange={(value) => onFilter({ ...filter, state: STATES.find((state) => state === value) })}>
          <DropdownMenuRadioItem value="">{t('work.anyState')}</DropdownMenuRadioItem>
          {STATES.map((state) => <DropdownMenuRadioItem key={state} value={state}>{t(`work.states.${state}`)}</DropdownMenuRadioItem>)}
        </DropdownMenuRadioGroup>
        {channels.length > 1 && (
          <>
            <DropdownMenuSeparator />
            <DropdownMenuLabel>{t('inbox.number')}</DropdownMenuLabel>
            <DropdownMenuRadioGroup value={filter.channel_id ?? ''} onValueChange={(value) => onFilter({ ...filter, channel_id: value || undefined })}>
              <DropdownMenuRadioItem value="">{t('common.allNumbers')}</DropdownMenuRadioItem>
              {channels.map((channel) => <DropdownMenuRadioItem key={channel.id} value={channel.id}>{channel.name}</DropdownMenuRadioItem>)}
            </DropdownMenuRadioGroup>
          </>
        )}
      </DropdownMenuContent>
    </DropdownMenu>
  )
}
