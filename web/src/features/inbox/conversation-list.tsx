import { Inbox, ListFilter, MessageSquarePlus, Search, SearchX, X } from 'lucide-react'
import { type RefObject, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { Channel } from '@/api/channels'
import type { Conversation, ConversationFilter } from '@/api/conversations'
import { Avatar } from '@/components/avatar'
import { EmptyState, ErrorState } from '@/components/states'
import { TimeText } from '@/components/text-bits'
import { Ticks } from '@/components/ticks'
import { Button } from '@/components/ui/button'
import { DropdownMenu, DropdownMenuContent, DropdownMenuLabel, DropdownMenuRadioGroup, DropdownMenuRadioItem, DropdownMenuTrigger } from '@/components/ui/dropdown-menu'
import { Input } from '@/components/ui/input'
import { Skeleton } from '@/components/ui/skeleton'
import { ToggleGroup, ToggleGroupItem } from '@/components/ui/toggle-group'
import { Hint } from '@/components/ui/tooltip'
import { displayName, personSeed, shortWhen } from '@/lib/format'
import { useNow, useOnVisible } from '@/lib/hooks'
import { localPreview } from '@/lib/preview'
import { cn } from '@/lib/utils'
import { HeldLines } from '@/components/held-notice'

interface ConversationListProps {
  items: Conversation[]
  loading: boolean
  error: unknown
  onRetry: () => void
  hasMore: boolean
  loadingMore: boolean
  onMore: () => void
  activeId?: string
  query: string
  onQuery: (query: string) => void
  filter: ConversationFilter
  onFilter: (filter: ConversationFilter) => void
  channels: Channel[]
  searchRef: RefObject<HTMLInputElement>
  onNew?: () => void
}

export function ConversationList(props: ConversationListProps) {
  const { t } = useTranslation()
  const { items, filter, onFilter, channels, query, onQuery } = props
  const filtered = !!(query || filter.unread || filter.channel_id)
  const end = useOnVisible(props.onMore, props.hasMore && !props.loadingMore)
  const channelName = new Map(channels.map((c) => [c.id, c.name]))

  return (
    <section aria-label={t('inbox.conversations')} className="flex h-full min-h-0 w-full flex-col bg-card md:border-e">
      <header className="space-y-2.5 border-b px-3 pt-3 pb-2.5">
        <div className="flex h-8 items-center justify-between ps-1">
          <h1 className="text-[0.9375rem] font-semibold tracking-tight">{t('inbox.title')}</h1>
          {props.onNew && (
            <Hint label={t('newConversation.title')}>
              <Button variant="ghost" size="icon-sm" onClick={props.onNew} aria-label={t('newConversation.title')}>
                <MessageSquarePlus aria-hidden />
              </Button>
            </Hint>
          )}
        </div>
        <div className="relative">
          <Search className="pointer-events-none absolute start-2.5 top-2.5 size-4 text-muted-foreground" aria-hidden />
          <Input
            ref={props.searchRef}
            type="search"
            value={query}
            onChange={(e) => onQuery(e.target.value)}
            onKeyDown={(e) => e.key === 'Escape' && (query ? onQuery('') : e.currentTarget.blur())}
            placeholder={t('inbox.searchPlaceholder')}
            aria-label={t('inbox.searchPlaceholder')}
            className="ps-8.5 pe-8"
          />
          {query && (
            <button type="button" onClick={() => onQuery('')} aria-label={t('common.clearSearch')} className="absolute end-1 top-1 grid size-7 place-items-center rounded text-muted-foreground hover:text-foreground">
              <X className="size-4" aria-hidden />
            </button>
          )}
        </div>
        <div className="flex items-center justify-between gap-2">
          <ToggleGroup type="single" value={filter.unread ? 'unread' : 'all'} onValueChange={(v) => v && onFilter({ ...filter, unread: v === 'unread' || undefined })} aria-label={t('inbox.show')}>
            <ToggleGroupItem value="all">{t('inbox.all')}</ToggleGroupItem>
            <ToggleGroupItem value="unread">{t('inbox.unread')}</ToggleGroupItem>
          </ToggleGroup>
          {channels.length > 1 && (
            <DropdownMenu>
              <DropdownMenuTrigger asChild>
                <Button variant="ghost" size="sm" className={cn('min-w-0 shrink', filter.channel_id ? 'text-primary' : 'text-muted-foreground')}>
                  <ListFilter aria-hidden />
                  <span className="truncate">{filter.channel_id ? channelName.get(filter.channel_id) : t('common.allNumbers')}</span>
                </Button>
              </DropdownMenuTrigger>
              <DropdownMenuContent align="end">
                <DropdownMenuLabel>{t('inbox.number')}</DropdownMenuLabel>
                <DropdownMenuRadioGroup value={filter.channel_id ?? ''} onValueChange={(v) => onFilter({ ...filter, channel_id: v || undefined })}>
                  <DropdownMenuRadioItem value="">{t('common.allNumbers')}</DropdownMenuRadioItem>
                  {channels.map((channel) => (
                    <DropdownMenuRadioItem key={channel.id} value={channel.id}>{channel.name}</DropdownMenuRadioItem>
                  ))}
                </DropdownMenuRadioGroup>
              </DropdownMenuContent>
            </DropdownMenu>
          )}
        </div>
      </header>
      <HeldLines channels={channels} />
      <div className="thin-scroll min-h-0 flex-1 overflow-y-auto overscroll-contain">
        {props.loading ? (
          <ListSkeleton />
        ) : props.error ? (
          <ErrorState error={props.error} onRetry={props.onRetry} />
        ) : items.length === 0 ? (
          filtered ? (
            <EmptyState
              icon={SearchX}
              title={filter.unread && !query ? t('inbox.noUnreadTitle') : t('inbox.noMatchTitle')}
              body={filter.unread && !query ? t('inbox.noUnreadBody') : t('inbox.noMatchBody')}
              action={<Button variant="outline" size="sm" onClick={() => { onQuery(''); onFilter({}) }}>{t('common.clearFilters')}</Button>}
            />
          ) : (
            <EmptyState
              icon={Inbox}
              title={t('inbox.emptyTitle')}
              body={t('inbox.emptyBody')}
              action={channels.length === 0 ? <Button asChild size="sm"><Link href="/numbers">{t('common.connectNumber')}</Link></Button> : props.onNew && <Button size="sm" onClick={props.onNew}>{t('newConversation.title')}</Button>}
            />
          )
        ) : (
          <>
            <ul className="p-1.5">
              {items.map((conversation) => (
                <Row
                  key={conversation.id}
                  conversation={conversation}
                  active={conversation.id === props.activeId}
                  channel={channels.length > 1 && !filter.channel_id ? channelName.get(conversation.channel_id) : undefined}
                />
              ))}
            </ul>
            <div ref={end} />
            {props.loadingMore && <p className="py-3 text-center text-xs text-muted-foreground">{t('common.loading')}</p>}
          </>
        )}
      </div>
    </section>
  )
}

function Row({ conversation, active, channel }: { conversation: Conversation; active: boolean; channel?: string }) {
  const { t } = useTranslation()
  const ref = useRef<HTMLAnchorElement>(null)
  useNow(60_000)
  useEffect(() => {
    if (active) ref.current?.scrollIntoView({ block: 'nearest' })
  }, [active])
  const { contact, unread } = conversation
  const name = displayName(contact, t('person.unknown'))
  const preview = localPreview(conversation.preview) || t('inbox.noPreview')
  return (
    <li>
      <Link
        ref={ref}
        href={`/inbox/${conversation.id}`}
        aria-current={active ? 'true' : undefined}
        data-conversation={conversation.id}
        className={cn('flex gap-3 rounded-lg px-2.5 py-2.5 transition-colors hover:bg-accent/70 focus-visible:outline-offset-[-2px]', active && 'bg-primary-soft hover:bg-primary-soft')}
      >
        <Avatar name={name} seed={personSeed(contact)} size="lg" />
        <span className="min-w-0 flex-1">
          <span className="flex items-baseline gap-2">
            <span dir="auto" className={cn('align-ui min-w-0 flex-1 truncate text-[0.8125rem]', unread > 0 ? 'font-semibold' : 'font-medium')}>{name}</span>
            <TimeText iso={conversation.last_at} className={cn('shrink-0 text-[0.6875rem]', unread > 0 ? 'font-medium text-primary' : 'text-muted-foreground')}>
              {shortWhen(conversation.last_at)}
            </TimeText>
          </span>
          <span className="mt-0.5 flex items-center gap-1.5">
            {conversation.last_direction === 'outbound' && <Ticks status={conversation.last_status} className="text-muted-foreground" />}
            <span dir="auto" className={cn('align-ui min-w-0 flex-1 truncate text-[0.8125rem]', unread > 0 ? 'text-foreground' : 'text-muted-foreground')}>{preview}</span>
            {unread > 0 && (
              <span className="tnum grid h-[1.125rem] min-w-[1.125rem] shrink-0 place-items-center rounded-full bg-primary px-1.5 text-[0.6875rem] font-semibold text-primary-foreground">
                <span aria-hidden>{unread > 99 ? '99+' : unread}</span>
                <span className="sr-only">{t('inbox.unreadCount', { count: unread })}</span>
              </span>
            )}
          </span>
          {channel && <span className="mt-0.5 block truncate text-[0.6875rem] text-muted-foreground/90">{t('inbox.via', { number: channel })}</span>}
        </span>
      </Link>
    </li>
  )
}

export function ListSkeleton({ rows = 8 }: { rows?: number }) {
  const { t } = useTranslation()
  return (
    <div role="status" className="p-1.5">
      <span className="sr-only">{t('common.loading')}</span>
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} className="flex gap-3 px-2.5 py-2.5">
          <Skeleton className="size-10 rounded-full" />
          <div className="flex-1 space-y-2 py-1">
            <Skeleton className="h-3" style={{ width: `${45 + ((i * 17) % 35)}%` }} />
            <Skeleton className="h-3" style={{ width: `${60 + ((i * 29) % 35)}%` }} />
          </div>
        </div>
      ))}
    </div>
  )
}
