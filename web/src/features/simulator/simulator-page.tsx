import { ArrowLeft, ExternalLink, MonitorSmartphone } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'wouter'
import { simKey, type SimUser, useSimEvents, useSimState, useSimThreads } from '@/api/simulator'
import { useChannels } from '@/api/channels'
import { EmptyState, ErrorState } from '@/components/states'
import { Button } from '@/components/ui/button'
import { Sheet, SheetContent, SheetDescription, SheetTitle } from '@/components/ui/sheet'
import { Skeleton } from '@/components/ui/skeleton'
import { useMediaQuery } from '@/lib/hooks'
import { usePageTitle } from '@/lib/title'
import { PeoplePanel } from './people-panel'
import { Phone } from './phone'

/** A customer's phone, to be used beside the inbox: pick whose it is, write, watch the answers come in. */
export default function SimulatorPage() {
  const { t } = useTranslation()
  const [params, setParams] = useSearchParams()
  const [choosing, setChoosing] = useState(false)
  const roomy = useMediaQuery('(min-width: 860px)')
  const state = useSimState()
  const own = useChannels()
  const lost = useSimEvents()
  usePageTitle(t('sim.title'))

  // The tenant's own numbers; without any, all are shown.
  const mine = own.data?.map((channel) => channel.phone_number_id) ?? []
  const phones = (state.data?.phones ?? []).filter((phone) => mine.length === 0 || mine.includes(phone.id))
  const phone = phones.find((p) => p.id === params.get('phone')) ?? phones[0]
  const threads = useSimThreads(phone?.id)
  const users = state.data?.users ?? []
  const people: SimUser[] = threads.data?.map((thread) => users.find((u) => u.user_id === thread.user_id) ?? { name: thread.name, user_id: thread.user_id, wa_id: thread.wa_id }) ?? []
  const wanted = params.get('user')
  const person = [...people, ...users].find((u) => simKey(u) === wanted || u.user_id === wanted) ?? (wanted ? undefined : people[0])

  const choose = (next: { phone?: string; user?: string }) => {
    setChoosing(false)
    setParams((p) => {
      if (next.phone) {
        p.set('phone', next.phone)
        p.delete('user')
      }
      if (next.user) p.set('user', next.user)
      return p
    }, { replace: true })
  }

  if (state.isPending || (state.data && own.isPending)) {
    return <div role="status" className="grid h-full place-items-center"><span className="sr-only">{t('common.loading')}</span><Skeleton className="h-[70%] w-80 rounded-[2.5rem]" /></div>
  }
  if (state.error && !state.data) return <div className="grid h-full place-items-center"><ErrorState error={state.error} onRetry={() => void state.refetch()} /></div>
  if (!phone) {
    return (
      <div className="grid h-full place-items-center">
        <EmptyState icon={MonitorSmartphone} title={t('sim.noPhoneTitle')} body={t('sim.noPhoneBody')} action={<Button asChild><Link href="/settings/numbers/connect">{t('common.connectNumber')}</Link></Button>} />
      </div>
    )
  }

  const panel = <PeoplePanel phones={phones} phone={phone} threads={threads.data ?? []} users={users} loading={threads.isPending} person={person} onChoose={choose} />
  const screen = <Phone key={`${phone.id} ${person ? simKey(person) : ''}`} phone={phone} person={person} lost={lost} framed={roomy} onPeople={roomy ? undefined : () => setChoosing(true)} />

  if (roomy) {
    return (
      <div className="flex h-full min-h-0">
        <div className="flex h-full w-80 shrink-0 flex-col border-e bg-card">
          <header className="flex h-14 shrink-0 items-center gap-2 border-b ps-4 pe-2">
            {params.has('window') && (
              <Button asChild variant="ghost" size="icon-sm" className="-ms-2"><Link href="/inbox" aria-label={t('sim.toPortal')}><ArrowLeft className="flip-rtl" aria-hidden /></Link></Button>
            )}
            <h1 className="flex-1 text-[0.9375rem] font-semibold tracking-tight">{t('sim.title')}</h1>
            {!params.has('window') && (
              <Button variant="ghost" size="sm" className="text-muted-foreground" onClick={() => window.open(withWindow(), 'wapro-phone', 'popup,width=420,height=860')}>
                <ExternalLink className="flip-rtl" aria-hidden />
                {t('sim.openWindow')}
              </Button>
            )}
          </header>
          {panel}
        </div>
        <div className="grid min-w-0 flex-1 place-items-center overflow-y-auto bg-thread p-6">{screen}</div>
      </div>
    )
  }
  return (
    <div className="h-full">
      <h1 className="sr-only">{t('sim.title')}</h1>
      {screen}
      <Sheet open={choosing} onOpenChange={setChoosing}>
        <SheetContent side="start">
          <div className="flex h-14 shrink-0 items-center border-b px-4">
            <SheetTitle className="text-[0.9375rem] font-semibold tracking-tight">{t('sim.who')}</SheetTitle>
          </div>
          <SheetDescription className="sr-only">{t('sim.whoHint')}</SheetDescription>
          {panel}
          <div className="border-t p-3"><Button asChild variant="outline" className="w-full"><Link href="/inbox">{t('sim.toPortal')}</Link></Button></div>
        </SheetContent>
      </Sheet>
    </div>
  )
}

function withWindow() {
  const url = new URL(window.location.href)
  url.searchParams.set('window', '1')
  return url.href
}
