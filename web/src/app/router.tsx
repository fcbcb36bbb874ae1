import { Compass } from 'lucide-react'
import { lazy, Suspense, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Redirect, Route, Router as Navigation, Switch, useLocation, useSearchParams } from 'wouter'
import { type PublicConfig, type Session, useConfig, useSessionQuery } from '@/api/session'
import { BrandMark } from '@/components/brand'
import { guardedNavigation, LeaveGuard } from '@/components/leave-guard'
import { EmptyState, ErrorState } from '@/components/states'
import { Button } from '@/components/ui/button'
import type { FeatureRoute } from '@/lib/feature'
import { SessionProvider, useCan } from '@/lib/session'
import { usePageTitle } from '@/lib/title'
import { ErrorBoundary } from './error-boundary'
import { LiveProvider } from './live-provider'
import { allowedRoutes, moved, routes, startPath } from './navigation'
import { OutboxProvider } from './outbox-provider'
import { Shell } from './shell/shell'
import { usePerson } from './use-person'

const SessionEnded = lazy(() => import('./session-ended'))

/** Where somebody who has not signed in is sent. */
const entry = routes.find((route) => route.public)?.path ?? '/'

export function Router() {
  return (
    <Navigation aroundNav={guardedNavigation}>
      <Start />
      <LeaveGuard />
    </Navigation>
  )
}

function Start() {
  const config = useConfig()
  const session = useSessionQuery()
  const [path, navigate] = useLocation()
  const [search] = useSearchParams()
  const signedIn = !!session.data
  const { shown, ended, leave } = usePerson(session.data)
  const onEntry = path === entry

  useEffect(() => {
    if (signedIn && onEntry) {
      const next = search.get('next')
      navigate(next?.startsWith('/') && !next.startsWith('//') ? next : '/', { replace: true })
    }
  }, [signedIn, onEntry, search, navigate])

  const failed = config.error ?? session.error
  if (failed && !session.data && !shown) return <Centered><ErrorState error={failed} onRetry={() => { void config.refetch(); void session.refetch() }} /></Centered>
  if (config.data === undefined || session.data === undefined) return <Splash />
  if (!session.data && !ended) {
    return (
      <Suspense fallback={<Splash />}>
        <Switch>
          {pages(routes.filter((route) => route.public))}
          <Route><Redirect to={path === '/' ? entry : `${entry}?next=${encodeURIComponent(path)}`} replace /></Route>
        </Switch>
      </Suspense>
    )
  }
  if (onEntry || !shown) return <Splash />
  return (
    <>
      {/* The same element with and without a session: nothing below it is lost. Without, nobody reads over a shoulder. */}
      <div className={ended ? 'blur-lg select-none' : undefined}>
        <SignedIn session={shown} config={config.data} ended={ended} />
      </div>
      {ended && <Suspense><SessionEnded session={shown} onLeave={leave} /></Suspense>}
    </>
  )
}

const pages = (shown: FeatureRoute[]) => shown.map(({ path, Page }) => <Route key={path} path={path}>{(params) => <Page {...params} />}</Route>)

/** Everything below is keyed by person and tenant: no state of one survives into another. */
function SignedIn({ session, config, ended }: { session: Session; config: PublicConfig; ended: boolean }) {
  const { user, tenant } = session
  return (
    <SessionProvider value={{ session, config }}>
      <LiveProvider key={`${user.id} ${tenant.id}`} tenantId={tenant.id} paused={ended}>
        <OutboxProvider userId={user.id} tenantId={tenant.id} ended={ended}>
          <Shell>
            <ErrorBoundary>
              <Suspense fallback={<PageFallback />}>
                <Pages />
              </Suspense>
            </ErrorBoundary>
          </Shell>
        </OutboxProvider>
      </LiveProvider>
    </SessionProvider>
  )
}

function Pages() {
  const access = useCan()
  const start = startPath(access)
  return (
    <Switch>
      {start && <Route path="/"><Redirect to={start} replace /></Route>}
      {pages(allowedRoutes(access))}
      {moved.map(([from, to]) => <Route key={from} path={from}><Redirect to={to} replace /></Route>)}
      <Route><NotFound /></Route>
    </Switch>
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
    <div className="grid h-full place-items-center">
      <h1 className="sr-only">{t('notFound.title')}</h1>
      <EmptyState icon={Compass} title={t('notFound.title')} body={t('notFound.body')} action={<Button asChild variant="outline"><Link href="/">{t('notFound.action')}</Link></Button>} />
    </div>
  )
}
