import { Compass } from 'lucide-react'
import { lazy, Suspense, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Redirect, Route, Switch, useLocation, useSearchParams } from 'wouter'
import type { PublicConfig, Session } from '@/api/types'
import { BrandMark } from '@/components/brand'
import { EmptyState, ErrorState } from '@/components/states'
import { Button } from '@/components/ui/button'
import { useConfig, useSessionQuery } from '@/features/identity/queries'
import { P } from '@/lib/permissions'
import { SessionProvider } from '@/lib/session'
import { usePageTitle } from '@/lib/title'
import { LiveProvider } from './live-provider'
import { ErrorBoundary } from './error-boundary'
import { Shell } from './shell/shell'

const SignInPage = lazy(() => import('@/features/identity/sign-in-page'))
const DevelopersPage = lazy(() => import('@/features/identity/developers-page'))
const InboxPage = lazy(() => import('@/features/messaging/inbox-page'))
const WebhookEventsPage = lazy(() => import('@/features/messaging/webhook-events-page'))
const NumbersPage = lazy(() => import('@/features/messaging/numbers-page'))
const ContactsPage = lazy(() => import('@/features/contacts/contacts-page'))
const SimulatorPage = lazy(() => import('@/features/simulator/simulator-page'))

export function Router() {
  const config = useConfig()
  const session = useSessionQuery()
  const [path, navigate] = useLocation()
  const [search] = useSearchParams()
  const signedIn = !!session.data
  const onSignIn = path === '/sign-in'

  useEffect(() => {
    if (signedIn && onSignIn) {
      const next = search.get('next')
      navigate(next?.startsWith('/') && !next.startsWith('//') ? next : '/', { replace: true })
    }
  }, [signedIn, onSignIn, search, navigate])

  const failed = config.error ?? session.error
  if (failed && !session.data) return <Centered><ErrorState error={failed} onRetry={() => { void config.refetch(); void session.refetch() }} /></Centered>
  if (config.data === undefined || session.data === undefined) return <Splash />
  if (!session.data) {
    if (!onSignIn) return <Redirect to={path === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(path)}`} replace />
    return <Suspense fallback={<Splash />}><SignInPage /></Suspense>
  }
  if (onSignIn) return <Splash />
  return <SignedIn session={session.data} config={config.data} />
}

/** Everything below is keyed by tenant: no state of one survives into another. */
function SignedIn({ session, config }: { session: Session; config: PublicConfig }) {
  const has = (module: string, permission: string) => session.modules.includes(module) && session.permissions.includes(permission)
  const start = has('messaging', P.messagesRead) ? '/inbox' : has('contacts', P.contactsRead) ? '/contacts' : '/developers'
  return (
    <SessionProvider value={{ session, config }}>
      <LiveProvider key={session.tenant.id} tenantId={session.tenant.id}>
        <Shell>
          <ErrorBoundary>
            <Suspense fallback={<PageFallback />}>
              <Switch>
                <Route path="/"><Redirect to={start} replace /></Route>
                {has('messaging', P.messagesRead) && <Route path="/inbox/:conversationId?">{({ conversationId }) => <InboxPage conversationId={conversationId} />}</Route>}
                {has('messaging', P.channelsRead) && <Route path="/numbers"><NumbersPage /></Route>}
                {has('contacts', P.contactsRead) && <Route path="/contacts/:contactId?">{({ contactId }) => <ContactsPage contactId={contactId} />}</Route>}
                <Route path="/developers"><DevelopersPage /></Route>
                {has('messaging', P.messagesRead) && <Route path="/developers/webhooks"><WebhookEventsPage /></Route>}
                {config.simulator && <Route path="/simulator"><SimulatorPage /></Route>}
                <Route><NotFound /></Route>
              </Switch>
            </Suspense>
          </ErrorBoundary>
        </Shell>
      </LiveProvider>
    </SessionProvider>
  )
}

function Centered({ children }: { children: React.ReactNode }) {
  return <main className="grid min-h-full place-items-center">{children}</main>
}

function Splash() {
  const { t } = useTranslation()
  return (
    <Centered>
      <div role="status">
        <BrandMark className="size-10 animate-pulse" />
        <span className="sr-only">{t('common.loading')}</span>
      </div>
    </Centered>
  )
}

function PageFallback() {
  const { t } = useTranslation()
  return <div role="status" className="h-full"><span className="sr-only">{t('common.loading')}</span></div>
}

function NotFound() {
  const { t } = useTranslation()
  usePageTitle(t('notFound.title'))
  return (
    <Centered>
      <EmptyState icon={Compass} title={t('notFound.title')} body={t('notFound.body')} action={<Button asChild variant="outline"><Link href="/">{t('notFound.action')}</Link></Button>} />
    </Centered>
  )
}
