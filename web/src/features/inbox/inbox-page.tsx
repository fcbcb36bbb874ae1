import { MessagesSquare } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation, useSearchParams } from 'wouter'
import { useChannels } from '@/api/channels'
import { type ConversationFilter, useConversations } from '@/api/conversations'
import { rows } from '@/api/page'
import { EmptyState } from '@/components/states'
import { Button } from '@/components/ui/button'
import { Kbd } from '@/components/ui/kbd'
import { Sheet, SheetContent, SheetTitle } from '@/components/ui/sheet'
import { useDebounced, useHotkeys, useMediaQuery, useStored } from '@/lib/hooks'
import { useCan } from '@/lib/session'
import { usePageTitle } from '@/lib/title'
import { ContactPanel } from './contact-panel'
import { ConversationList } from './conversation-list'
import { NewConversation } from './new-conversation'
import { ThreadPane } from './thread-pane'

/** List, thread, person: three panes on a desk, one at a time on a phone. */
export default function InboxPage({ conversationId }: { conversationId?: string }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const [params, setParams] = useSearchParams()
  const { can } = useCan()
  const wide = useMediaQuery('(min-width: 768px)')
  const roomy = useMediaQuery('(min-width: 1180px)')
  const [details, setDetails] = useStored('wapro.details', 'open')
  const [sheet, setSheet] = useState(false)
  const [query, setQuery] = useState('')
  const [chosen, setChosen] = useState<ConversationFilter>({})
  const search = useDebounced(query.trim(), 220) || undefined
  const filter = useMemo(() => ({ ...chosen, search }), [chosen, search])
  const conversations = useConversations(filter)
  const channels = useChannels()
  const searchRef = useRef<HTMLInputElement>(null)
  const items = rows(conversations.data)
  const canSend = can('messages:send')
  const newTo = params.get('new')
  usePageTitle(t('inbox.title'))

  const openNew = () => setParams((p) => { p.set('new', ''); return p })
  const closeNew = () => setParams((p) => { p.delete('new'); return p }, { replace: true })
  const step = (by: 1 | -1) => {
    const at = items.findIndex((c) => c.id === conversationId)
    const next = items[at === -1 ? 0 : Math.min(items.length - 1, Math.max(0, at + by))]
    if (next && next.id !== conversationId) navigate(`/inbox/${next.id}`)
  }
  const toggleDetails = () => (roomy ? setDetails(details === 'open' ? 'closed' : 'open') : setSheet((open) => !open))
  useHotkeys({
    j: () => step(1),
    k: () => step(-1),
    '/': () => searchRef.current?.focus(),
    ...(canSend ? { n: openNew } : {}),
    ...(conversationId ? { i: toggleDetails } : {}),
    Escape: () => conversationId && !wide && navigate('/inbox'),
  })
  useEffect(() => setSheet(false), [conversationId])

  const showDetails = roomy && details === 'open' && !!conversationId
  return (
    <div className="flex h-full min-h-0">
      {(wide || !conversationId) && (
        <div className="h-full w-full min-w-0 md:w-80 md:shrink-0 xl:w-[21.5rem]">
          <ConversationList
            items={items}
            loading={conversations.isPending}
            error={conversations.data ? null : conversations.error}
            onRetry={() => void conversations.refetch()}
            hasMore={conversations.hasNextPage}
            loadingMore={conversations.isFetchingNextPage}
            onMore={() => void conversations.fetchNextPage()}
            activeId={conversationId}
            query={query}
            onQuery={setQuery}
            filter={chosen}
            onFilter={setChosen}
            channels={channels.data ?? []}
            searchRef={searchRef}
            onNew={canSend ? openNew : undefined}
          />
        </div>
      )}
      {conversationId ? (
        <>
          <ThreadPane
            key={conversationId}
            conversationId={conversationId}
            onBack={wide ? undefined : () => navigate('/inbox')}
            detailsShown={showDetails || sheet}
            onDetails={toggleDetails}
          />
          {showDetails && (
            <div className="w-72 shrink-0 border-s bg-card xl:w-80">
              <ContactPanel conversationId={conversationId} onClose={toggleDetails} />
            </div>
          )}
          <Sheet open={sheet && !roomy} onOpenChange={setSheet}>
            <SheetContent aria-describedby={undefined}>
              <SheetTitle className="sr-only">{t('details.title')}</SheetTitle>
              <ContactPanel conversationId={conversationId} />
            </SheetContent>
          </Sheet>
        </>
      ) : (
        wide && (
          <div className="grid min-w-0 flex-1 place-items-center bg-thread">
            <EmptyState
              icon={MessagesSquare}
              title={t('inbox.pickTitle')}
              body={
                <span className="inline-flex flex-wrap items-center justify-center gap-1.5">
                  {t('inbox.pickBody')} <Kbd>J</Kbd> <Kbd>K</Kbd>
                </span>
              }
              action={canSend && <Button variant="outline" size="sm" onClick={openNew}>{t('newConversation.title')}</Button>}
            />
          </div>
        )
      )}
      {canSend && <NewConversation open={newTo !== null} contactId={newTo || undefined} onClose={closeNew} channels={channels.data ?? []} />}
    </div>
  )
}
