import { Inbox, MessageSquarePlus, Search, SearchX, X } from 'lucide-react'
import { type RefObject, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { Channel } from '@/api/channels'
import type { Conversation, ConversationFilter } from '@/api/conversations'
import type { PagedRows, useFeed } from '@/api/feed'
import { useMembers } from '@/api/members'
import { EmptyState, ErrorState } from '@/components/states'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { Skeleton } from '@/components/ui/skeleton'
import { ToggleGroup, ToggleGroupItem } from '@/components/ui/toggle-group'
import { Hint } from '@/components/ui/tooltip'
import { useCan } from '@/lib/session'
import { HeldLines } from '@/components/held-notice'
import { ConversationRows } from './conversation-rows'
import { FilterMenu } from './filter-menu'

interface ConversationListProps {
  feed: ReturnType<typeof useFeed<Conversation>>
  rows: PagedRows<Conversation>
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
  const { can } = useCan()
  const { feed, rows, filter, onFilter, channels, query, onQuery } = props
  const filtered = !!query || Object.values(filter).some((value) => value !== undefined)
  const channelName = useMemo(() => new Map(channels.map((c) => [c.id, c.name])), [channels])
  const onlyUnread = filter.unread && !query && !filter.state && !filter.assignee && !filter.channel_id
  const members = useMembers(can('members:read')).data
  const people = useMemo(() => new Map(members?.map((member) => [member.id, member.name])), [members])
  // Another list begins at its top.
  const filterKey = JSON.stringify(filter)

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
          <Search className="pointer-events-none absolute start-2.5 inset-y-0 my-auto size-4 text-muted-foreground" aria-hidden />
          <Input
            ref={props.searchRef}
            type="search"
            value={query}
            onChange={(e) => onQuery(e.target.value)}
            onKeyDown={(e) => e.key === 'Escape' && (query ? onQuery('') : e.currentTarget.blur())}
            placeholder={t('inbox.searchPlaceholder')}
            aria-label={t('inbox.searchPlaceholder')}
            className="ps-8.5 pe-8 pointer-coarse:pe-11"
          />
          {query && (
            <button type="button" onClick={() => onQuery('')} aria-label={t('common.clearSearch')} className="absolute end-1 inset-y-0 my-auto grid size-7 pointer-coarse:end-0 pointer-coarse:size-11 place-items-center rounded text-muted-foreground hover:text-foreground">
              <X className="size-4" aria-hidden />
            </button>
          )}
        </div>
        <ToggleGroup type="single" className="flex" value={filter.assignee ?? 'everyone'} onValueChange={(v) => v && onFilter({ ...filter, assignee: v === 'me' || v === 'none' ? v : undefined })} aria-label={t('work.assignee')}>
          <ToggleGroupItem value="everyone">{t('work.everyone')}</ToggleGroupItem>
          <ToggleGroupItem value="me">{t('work.mine')}</ToggleGroupItem>
          <ToggleGroupItem value="none">{t('work.unassigned')}</ToggleGroupItem>
        </ToggleGroup>
        <div className="flex items-center justify-between gap-2">
          <ToggleGroup type="single" value={filter.unread ? 'unread' : 'all'} onValueChange={(v) => v && onFilter({ ...filter, unread: v === 'unread' || undefined })} aria-label={t('inbox.show')}>
            <ToggleGroupItem value="all">{t('inbox.all')}</ToggleGroupItem>
            <ToggleGroupItem value="unread">{t('inbox.unread')}</ToggleGroupItem>
          </ToggleGroup>
          <FilterMenu filter={filter} onFilter={onFilter} channels={channels} />
        </div>
      </header>
      <HeldLines channels={channels} />
      {rows.length > 0 ? (
        <ConversationRows key={filterKey} feed={feed} rows={rows} activeId={props.activeId} numbers={channels.length > 1 && !filter.channel_id ? channelName : undefined} people={people} />
      ) : (
        <div className="thin-scroll relative min-h-0 flex-1 overflow-y-auto overscroll-contain">
          {feed.isPending ? (
            <ListSkeleton />
          ) : feed.error ? (
            <ErrorState error={feed.error} onRetry={() => void feed.refetch()} />
          ) : filtered ? (
            <EmptyState
              icon={SearchX}
              title={onlyUnread ? t('inbox.noUnreadTitle') : t('inbox.noMatchTitle')}
              body={onlyUnread ? t('inbox.noUnreadBody') : t('inbox.noMatchBody')}
              action={<Button variant="outline" size="sm" onClick={() => { onQuery(''); onFilter({}) }}>{t('common.clearFilters')}</Button>}
            />
          ) : (
            <EmptyState
              icon={Inbox}
              title={t('inbox.emptyTitle')}
              body={t('inbox.emptyBody')}
              action={channels.length === 0 ? <Button asChild size="sm"><Link href="/numbers">{t('common.connectNumber')}</Link></Button> : props.onNew && <Button size="sm" onClick={props.onNew}>{t('newConversation.title')}</Button>}
            />
          )}
        </div>
      )}
    </section>
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
