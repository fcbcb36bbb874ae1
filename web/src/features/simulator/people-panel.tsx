import { Plus, UserPlus } from 'lucide-react'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { simKey, type SimPhone, type SimThread, simTime, type SimUser, useSimPersona } from '@/api/simulator'
import { Avatar } from '@/components/avatar'
import { EmptyState } from '@/components/states'
import { NumberLabel, PhoneText, TimeText } from '@/components/text-bits'
import { Button } from '@/components/ui/button'
import { Label } from '@/components/ui/label'
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select'
import { Skeleton } from '@/components/ui/skeleton'
import { Switch } from '@/components/ui/switch'
import { toastError } from '@/lib/errors'
import { formatPhone, personSeed, shortWhen } from '@/lib/format'
import { cn } from '@/lib/utils'
import { NewCustomer } from './new-customer'

interface PeoplePanelProps {
  phones: SimPhone[]
  phone: SimPhone
  threads: SimThread[]
  users: SimUser[]
  loading: boolean
  person?: SimUser
  onChoose: (choice: { phone?: string; user?: string }) => void
}

export const phoneName = (phone: SimPhone) => phone.verified_name || (phone.display_phone_number ? formatPhone(phone.display_phone_number) : phone.id)

export function PeoplePanel({ phones, phone, threads, users, loading, person, onChoose }: PeoplePanelProps) {
  const { t } = useTranslation()
  const id = useId()
  const [adding, setAdding] = useState(false)
  const usernames = new Map(users.map((user) => [user.user_id, user.username]))
  return (
    <>
      <div className="grid grid-cols-1 gap-1.5 border-b p-4">
        <Label htmlFor={id}>{t('sim.business')}</Label>
        <Select value={phone.id} onValueChange={(value) => onChoose({ phone: value })}>
          <SelectTrigger id={id}><SelectValue /></SelectTrigger>
          <SelectContent>
            {phones.map((p) => (
              <SelectItem key={p.id} value={p.id}>
                <NumberLabel name={phoneName(p)} phone={p.verified_name ? p.display_phone_number : undefined} />
              </SelectItem>
            ))}
          </SelectContent>
        </Select>
      </div>
      <div className="flex items-center justify-between ps-4 pe-2 pt-3 pb-1">
        <h2 className="text-[0.8125rem] font-medium">{t('sim.who')}</h2>
        <Button variant="ghost" size="sm" onClick={() => setAdding(true)}>
          <Plus aria-hidden />
          {t('sim.newCustomer')}
        </Button>
      </div>
      <div className="thin-scroll relative min-h-0 flex-1 overflow-y-auto">
        {loading ? (
          <div role="status" className="space-y-3 p-4"><span className="sr-only">{t('common.loading')}</span>{[1, 2, 3].map((i) => <Skeleton key={i} className="h-11" />)}</div>
        ) : threads.length === 0 ? (
          <EmptyState icon={UserPlus} title={t('sim.emptyTitle')} body={t('sim.emptyBody')} action={<Button size="sm" onClick={() => setAdding(true)}>{t('sim.newCustomer')}</Button>} />
        ) : (
          <ul className="p-1.5 pt-0.5">
            {threads.map((thread) => {
              const active = person?.user_id === thread.user_id
              return (
                <li key={thread.user_id}>
                  <button
                    type="button"
                    aria-current={active ? 'true' : undefined}
                    onClick={() => onChoose({ user: simKey(thread) })}
                    className={cn('flex w-full items-center gap-3 rounded-lg px-2.5 py-2 text-start transition-colors hover:bg-accent/70', active && 'bg-primary-soft hover:bg-primary-soft')}
                  >
                    <Avatar name={thread.name} seed={personSeed({ phone: thread.wa_id, username: usernames.get(thread.user_id), name: thread.name })} />
                    <span className="min-w-0 flex-1">
                      <span className="flex items-baseline gap-2">
                        <span dir="auto" className="align-ui min-w-0 flex-1 truncate text-[0.8125rem] font-medium">{thread.name}</span>
                        {thread.last_at && <TimeText iso={simTime(thread.last_at)} className="text-[0.6875rem] text-muted-foreground">{shortWhen(simTime(thread.last_at))}</TimeText>}
                      </span>
                      <span className="block truncate text-xs text-muted-foreground">{thread.wa_id ? <PhoneText phone={thread.wa_id} /> : t('sim.noPhoneShown')}</span>
                    </span>
                  </button>
                </li>
              )
            })}
          </ul>
        )}
      </div>
      {person && <Persona person={person} />}
      <NewCustomer open={adding} onOpenChange={setAdding} phone={phone} onCreated={(user) => onChoose({ user: simKey(user) })} />
    </>
  )
}

/** How this customer's phone behaves. */
function Persona({ person }: { person: SimUser }) {
  const { t } = useTranslation()
  const id = useId()
  const change = useSimPersona()
  const set = (body: { online?: boolean; reads?: boolean }) => change.mutate({ user: simKey(person), ...body }, { onError: toastError })
  return (
    <div className="space-y-3 border-t p-4" role="group" aria-label={t('sim.personaOf', { name: person.name })}>
      <div className="flex items-center gap-3">
        <div className="flex-1">
          <Label htmlFor={`${id}-online`}>{t('sim.online')}</Label>
          <p className="mt-1 text-xs text-muted-foreground">{t('sim.onlineHint')}</p>
        </div>
        <Switch id={`${id}-online`} checked={person.persona?.online ?? true} onCheckedChange={(online) => set({ online })} />
      </div>
      <div className="flex items-center gap-3">
        <div className="flex-1">
          <Label htmlFor={`${id}-reads`}>{t('sim.reads')}</Label>
          <p className="mt-1 text-xs text-muted-foreground">{t('sim.readsHint')}</p>
        </div>
        <Switch id={`${id}-reads`} checked={person.persona?.reads ?? true} onCheckedChange={(reads) => set({ reads })} />
      </div>
    </div>
  )
}
