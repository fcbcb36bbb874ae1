import { MessagesSquare } from 'lucide-react'
import { lazy, Suspense, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation, useSearchParams } from 'wouter'
import { useChannels } from '@/api/channels'
import { type ConversationFilter, useConversationOf, useConversations } from '@/api/conversations'
import { PagedRows } from '@/api/feed'
import { EmptyState } from '@/components/states'
import { Button } from '@/components/ui/button'
import { Kbd } from '@/components/ui/kbd'
import { Sheet, SheetContent, SheetTitle } from '@/components/ui/sheet'
import { useDebounced, useEvent, useHotkeys, useMediaQuery, useStored } from '@/lib/hooks'
import { useCan } from '@/lib/session'
import { usePageTitle } from '@/lib/title'
import { ConversationList } from './conversation-list'
import { useOutboxUpdates } from './use-send'

// The list is there first. What is opened from it is loaded at the first move or key, before anything can be pressed.
const loadThread = () => import('./open-conversation')
const loadNew = () => import('./new-conversation')
const ThreadPane = lazy(() => loadThread().then(({ ThreadPane }) => ({ default: ThreadPane })))
const ContactPanel = lazy(() => loadThread().then(({ ContactPanel }) => ({ default: ContactPanel })))
const NewConversation = lazy(() => loadNew().then(({ NewConversation }) => ({ default: NewConversation })))

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
  const rows = useMemo(() => new PagedRows(conversations.pages ?? []), [conversations.pages])
  const canSend = can('messages:send')
  const newTo = params.get('new')
  usePageTitle(t('inbox.title'))
  useOutboxUpdates()

  const openNew = () => setParams((p) => { p.set('new', ''); return p })
  // Contacts with an open window are answered in their conversation.
  const running = useConversationOf(newTo || undefined)
  const answerable = newTo ? running.data?.id : undefined
  useEffect(() => {
    if (answerable) navigate(`/inbox/${answerable}`, { replace: true })
  }, [answerable, navigate])
  const closeNew = () => setParams((p) => { p.delete('new'); return p }, { replace: true })
  const step = (by: 1 | -1) => {
    const at = rows.find(conversationId)
    const next = rows.at(at === -1 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by)))
    if (next && next.id !== conversationId) navigate(`/inbox/${next.id}`, { state: { walking: true } })
  }
  const toggleDetails = useEvent(() => (roomy ? setDetails(details === 'open' ? 'closed' : 'open') : setSheet((open) => !open)))
  const back = useEvent(() => navigate('/inbox'))
  useHotkeys({
    j: () => step(1),
    k: () => step(-1),
    '/': () => searchRef.current?.focus(),
    ...(canSend ? { n: openNew } : {}),
    ...(conversationId ? { i: toggleDetails } : {}),
    Escape: () => conversationId && !wide && navigate('/inbox'),
  })
  useEffect(() => setSheet(false), [conversationId])
  const listed = !conversations.isPending
  useEffect(() => {
    if (!listed) return
    const listening = new AbortController()
    const load = () => {
      listening.abort()
      void Promise.allSettled([loadThread(), loadNew()])
    }
    for (const event of ['pointermove', 'pointerdown', 'keydown']) addEventListener(event, load, { passive: true, signal: listening.signal })
    return () => listening.abort()
  }, [listed])
  const [newShown, setNewShown] = useState(false)
  useEffect(() => {
    if (newTo !== null) setNewShown(true)
  }, [newTo])

  // The list shows at once where one is; the thread follows when there is time for it.
  const shownId = useDeferredValue(conversationId)
  const showDetails = roomy && details === 'open' && !!conversationId
  return (
    <div className="flex h-full min-h-0">
      {(wide || !conversationId) && (
        <div className="h-full w-full min-w-0 md:w-80 md:shrink-0 xl:w-[21.5rem]">
          <ConversationList
            feed={conversations}
            rows={rows}
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
      {shownId ? (
        <Suspense fallback={<div className="min-w-0 flex-1 bg-thread" />}>
          <ThreadPane
            key={shownId}
            conversationId={shownId}
            onBack={wide ? undefined : back}
            detailsShown={showDetails || sheet}
            onDetails={toggleDetails}
          />
          {showDetails && (
            <div className="w-72 shrink-0 border-s bg-card xl:w-80">
              <ContactPanel conversationId={shownId} onClose={toggleDetails} />
            </div>
          )}
          <Sheet open={sheet && !roomy} onOpenChange={setSheet}>
            <SheetContent aria-describedby={undefined}>
              <SheetTitle className="sr-only">{t('details.title')}</SheetTitle>
              <ContactPanel conversationId={shownId} />
            </SheetContent>
          </Sheet>
        </Suspense>
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
      {canSend && (newShown || newTo !== null) && <Suspense><NewConversation open={newTo !== null && !(newTo && (running.isPending || answerable))} contactId={newTo || undefined} onClose={closeNew} channels={channels.data ?? []} /></Suspense>}
    </div>
  )
}
