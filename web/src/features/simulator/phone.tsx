import { BatteryFull, ChevronLeft, MessageCircle, SignalHigh, UserPlus, Wifi, WifiOff } from 'lucide-react'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isSameDay } from 'date-fns'
import { markSimRead, simKey, type SimMessage, type SimPhone, simTime, type SimUser, useSimMessages, useSimSend, useSimTemplates } from '@/api/simulator'
import { Avatar } from '@/components/avatar'
import { FileActionsProvider } from '@/components/message/file-context'
import { EmptyState, ErrorState } from '@/components/states'
import { Button } from '@/components/ui/button'
import { Skeleton } from '@/components/ui/skeleton'
import { reactionOf } from '@/lib/content'
import { toastError } from '@/lib/errors'
import { dayLabel, formatTime } from '@/lib/format'
import { useNow } from '@/lib/hooks'
import { cn } from '@/lib/utils'
import { ChatBubble } from './chat-bubble'
import { ChatInput } from './chat-input'
import { phoneName } from './people-panel'
import '@/components/phone/phone.css'

interface PhoneProps {
  phone: SimPhone
  person?: SimUser
  /** The simulator's stream broke; the browser is trying again. */
  lost: boolean
  framed: boolean
  /** On a narrow screen: opens the list of customers. */
  onPeople?: () => void
}

/** The phone shows files by the ids of the simulator that holds them. */
const FILES = { inSimulator: true }

export function Phone({ phone, person, lost, framed, onPeople }: PhoneProps) {
  const { t } = useTranslation()
  const now = useNow(10_000)
  const chat = person ? (
    <Chat phone={phone} person={person} onPeople={onPeople} />
  ) : (
    <div className="sim-wallpaper grid flex-1 place-items-center">
      <EmptyState icon={UserPlus} title={t('sim.pickTitle')} body={t('sim.pickBody')} action={onPeople && <Button onClick={onPeople}>{t('sim.who')}</Button>} />
    </div>
  )
  if (!framed) return <div className="sim-phone flex h-full flex-col">{chat}</div>
  return (
    <div className="sim-phone relative h-[min(800px,calc(100dvh-3rem))] min-h-[560px] w-[390px] rounded-[3rem] border-[10px] border-[#17191c] bg-[#17191c] shadow-lg ring-1 ring-black/10 dark:border-[#2a2d31] dark:bg-[#2a2d31] dark:ring-white/10">
      <div className="flex h-full flex-col overflow-hidden rounded-[2.4rem]">
        <div className="sim-bar relative flex h-9 shrink-0 items-center justify-between px-6 text-[0.6875rem] font-semibold" aria-hidden>
          <span className="tnum">{formatTime(new Date(now).toISOString())}</span>
          <span className="absolute inset-x-0 mx-auto h-5 w-24 rounded-full bg-black" />
          <span className="flex items-center gap-1">
            <SignalHigh className="size-3.5" />
            {person?.persona?.online === false ? <WifiOff className="size-3.5" /> : <Wifi className="size-3.5" />}
            <BatteryFull className="size-4" />
          </span>
        </div>
        {chat}
      </div>
      {lost && <p role="status" className="absolute inset-x-10 -bottom-1 translate-y-full pt-2 text-center text-xs text-muted-foreground">{t('sim.connecting')}</p>}
    </div>
  )
}

function Chat({ phone, person, onPeople }: { phone: SimPhone; person: SimUser; onPeople?: () => void }) {
  const { t } = useTranslation()
  const key = simKey(person)
  const query = useSimMessages(phone.id, key)
  const send = useSimSend()
  const templates = useSimTemplates(phone.waba_id).data
  const [replyTo, setReplyTo] = useState<SimMessage>()
  const name = phoneName(phone)
  const online = person.persona?.online ?? true
  const reads = person.persona?.reads ?? true
  const { messages, reactions, byWamid } = useMemo(() => arrange(query.data ?? []), [query.data])
  useReading(phone.id, key, messages, online && reads)

  const write = (type: string, body: Record<string, unknown> | undefined, context?: SimMessage) =>
    send.mutate({ phone_id: phone.id, from: key, name: person.name, type, ...(body ? { [type]: body } : {}), ...(context ? { context: { message_id: context.wamid } } : {}) }, { onError: toastError })

  const last = messages[messages.length - 1]
  return (
    <section aria-label={t('sim.phoneOf', { name: person.name })} className="flex min-h-0 flex-1 flex-col">
      <header className="sim-bar flex h-14 shrink-0 items-center gap-2.5 px-2.5">
        {onPeople && (
          <button type="button" onClick={onPeople} aria-label={t('sim.who')} className="grid size-9 place-items-center rounded-full hover:bg-white/10">
            <ChevronLeft className="flip-rtl size-5" aria-hidden />
          </button>
        )}
        <Avatar name={name} seed={phone.id} className={onPeople ? undefined : 'ms-1.5'} />
        <div className="min-w-0 flex-1">
          <h2 className="truncate text-[0.9375rem] leading-tight font-semibold"><bdi>{name}</bdi></h2>
          <p className="truncate text-xs opacity-80">{online ? t('sim.businessAccount') : t('sim.phoneOffline')}</p>
        </div>
        {onPeople && <span className="max-w-28 truncate rounded-full bg-white/15 px-2.5 py-1 text-xs" title={t('sim.writingAs', { name: person.name })}><bdi>{person.name}</bdi></span>}
      </header>
      <div role="log" aria-label={t('chat.messages')} tabIndex={0} className="sim-wallpaper thin-scroll relative flex min-h-0 flex-1 flex-col-reverse overflow-y-auto overscroll-contain focus-visible:outline-offset-[-3px]">
        <div className="px-3 py-3">
          {query.isPending ? (
            <div role="status" className="space-y-2"><span className="sr-only">{t('common.loading')}</span><Skeleton className="h-10 w-3/5" /><Skeleton className="ms-auto h-10 w-1/2" /></div>
          ) : query.error && !query.data ? (
            <ErrorState error={query.error} onRetry={() => void query.refetch()} />
          ) : messages.length === 0 ? (
            <Pill><MessageCircle className="size-3.5" aria-hidden />{t('sim.sayHello', { name })}</Pill>
          ) : (
            <FileActionsProvider value={FILES}>
            <ol>
              {messages.map((message, i) => {
                const previous = messages[i - 1]
                const newDay = !previous || !isSameDay(new Date(simTime(previous.at)), new Date(simTime(message.at)))
                return (
                  <li key={message.wamid}>
                    {newDay && <Pill>{dayLabel(simTime(message.at))}</Pill>}
                    <ChatBubble
                      message={message}
                      tail={newDay || previous?.direction !== message.direction}
                      quoted={byWamid(message.context)}
                      businessName={name}
                      templates={templates}
                      reactions={reactions.get(message.wamid)}
                      onReply={() => setReplyTo(message)}
                      onReact={(emoji) => write('reaction', { message_id: message.wamid, emoji })}
                      onChoose={(answer) => write(answer.type, answer.body, message)}
                    />
                  </li>
                )
              })}
            </ol>
            </FileActionsProvider>
          )}
        </div>
      </div>
      <ChatInput
        replyTo={replyTo}
        businessName={name}
        sending={send.isPending}
        onCancelReply={() => setReplyTo(undefined)}
        onSend={(type, body) => {
          write(type, body, replyTo)
          setReplyTo(undefined)
        }}
      />
      <p className="sr-only" aria-live="polite">{last?.direction === 'to_user' ? t('sim.arrived', { name }) : ''}</p>
    </section>
  )
}

/** Only the customer's own phone open on the screen reads; then the business gets its blue ticks. */
function useReading(phoneId: string, user: string, messages: SimMessage[], reads: boolean) {
  const done = useRef('')
  const unread = messages.filter((m) => m.direction === 'to_user' && m.status === 'delivered').map((m) => m.wamid).join(' ')
  useEffect(() => {
    if (!reads || !unread || unread === done.current) return
    const read = () => {
      if (document.visibilityState !== 'visible') return
      done.current = unread
      markSimRead(phoneId, user).catch(toastError)
    }
    read()
    document.addEventListener('visibilitychange', read)
    return () => document.removeEventListener('visibilitychange', read)
  }, [phoneId, user, unread, reads])
}

function arrange(all: SimMessage[]) {
  const index = new Map(all.map((m) => [m.wamid, m]))
  const latest = new Map<string, { target: string; emoji: string }>()
  const messages = all.filter((message) => {
    // What they did to another message is seen at that message.
    if (message.type === 'edit' || message.type === 'revoke') return false
    const reaction = reactionOf(message)
    if (!reaction || !index.has(reaction.target)) return true
    latest.set(`${message.direction} ${reaction.target}`, reaction)
    return false
  })
  const reactions = new Map<string, string[]>()
  for (const { target, emoji } of latest.values()) if (emoji) reactions.set(target, [...(reactions.get(target) ?? []), emoji])
  const byWamid = (context: unknown) => {
    const id = typeof context === 'string' ? context : ((context as { id?: string; message_id?: string } | undefined)?.id ?? (context as { message_id?: string } | undefined)?.message_id)
    return id ? index.get(id) : undefined
  }
  return { messages, reactions, byWamid }
}

function Pill({ children }: { children: ReactNode }) {
  return (
    <div className="my-2 flex justify-center">
      <span className={cn('flex items-center gap-1.5 rounded-lg bg-(--sim-pill) px-2.5 py-1 text-xs text-(--sim-pill-text) shadow-xs')}>{children}</span>
    </div>
  )
}
