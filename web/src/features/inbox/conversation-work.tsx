import { useMutation, useQueryClient } from '@tanstack/react-query'
import { addDays, addHours, nextMonday, setHours, startOfHour } from 'date-fns'
import { AlarmClock, CircleCheck, CircleDot, UserRound, UserRoundCheck } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { type Conversation, type ConversationChange, updateConversation } from '@/api/conversations'
import { useMembers } from '@/api/members'
import { Avatar } from '@/components/avatar'
import { Button } from '@/components/ui/button'
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuLabel, DropdownMenuRadioGroup, DropdownMenuRadioItem, DropdownMenuSeparator, DropdownMenuTrigger } from '@/components/ui/dropdown-menu'
import { toastError } from '@/lib/errors'
import { formatDateTime } from '@/lib/format'
import { useCan, useSession } from '@/lib/session'
import { upsertConversation } from './live-updates'

/** Nobody: menus have no value for it. */
const NOBODY = '-'
const MORNING = 9

const SNOOZES = [
  ['work.inAnHour', (now: Date) => addHours(now, 1)],
  ['work.inFourHours', (now: Date) => addHours(now, 4)],
  ['work.tomorrow', (now: Date) => morning(addDays(now, 1))],
  ['work.nextWeek', (now: Date) => morning(nextMonday(now))],
] as const

const morning = (day: Date) => startOfHour(setHours(day, MORNING))

/** Who looks after a conversation, and whether it is open, snoozed or resolved. */
export function ConversationWork({ conversation }: { conversation: Conversation }) {
  const client = useQueryClient()
  const change = useMutation({
    mutationFn: (wanted: ConversationChange) => updateConversation(conversation.id, wanted),
    onSuccess: (now) => upsertConversation(client, now),
    onError: toastError,
  })
  return (
    <>
      <AssigneeMenu conversation={conversation} onChange={change.mutate} />
      <StateMenu conversation={conversation} onChange={change.mutate} />
    </>
  )
}

interface MenuProps {
  conversation: Conversation
  onChange: (change: ConversationChange) => void
}

function AssigneeMenu({ conversation: { assignee_id }, onChange }: MenuProps) {
  const { t } = useTranslation()
  const { can } = useCan()
  const { user } = useSession().session
  const members = useMembers(can('members:read')).data ?? []
  const name = assignee_id && (members.find((member) => member.id === assignee_id)?.name ?? (assignee_id === user.id ? user.name : t('work.somebody')))
  const label = name ? t('work.assignedTo', { name }) : t('work.assign')
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="sm" className="shrink-0 px-2 text-muted-foreground pointer-coarse:min-w-11" title={name ? label : t('work.unassigned')} aria-label={label} data-assignee={assignee_id ?? ''}>
          {name ? <Avatar name={name} seed={assignee_id} size="xs" /> : <UserRound aria-hidden />}
          <span className="max-w-24 truncate max-2xl:hidden">{name || t('work.assign')}</span>
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end" className="max-w-72">
        {assignee_id !== user.id && (
          <>
            <DropdownMenuItem onSelect={() => onChange({ assignee_id: user.id })}><UserRoundCheck aria-hidden />{t('work.assignToMe')}</DropdownMenuItem>
            <DropdownMenuSeparator />
          </>
        )}
        <DropdownMenuLabel>{t('work.assignee')}</DropdownMenuLabel>
        <DropdownMenuRadioGroup value={assignee_id ?? NOBODY} onValueChange={(id) => onChange({ assignee_id: id === NOBODY ? null : id })}>
          <DropdownMenuRadioItem value={NOBODY}>{t('work.nobody')}</DropdownMenuRadioItem>
          {members.map((member) => (
            <DropdownMenuRadioItem key={member.id} value={member.id}>
              <Avatar name={member.name} seed={member.id} size="xs" />
              <bdi className="min-w-0 truncate">{member.name}</bdi>
            </DropdownMenuRadioItem>
          ))}
        </DropdownMenuRadioGroup>
      </DropdownMenuContent>
    </DropdownMenu>
  )
}

const ICONS = { open: CircleDot, pending: CircleDot, snoozed: AlarmClock, resolved: CircleCheck }

function StateMenu({ conversation: { state, snoozed_until }, onChange }: MenuProps) {
  const { t } = useTranslation()
  const Icon = ICONS[state]
  const label = state === 'snoozed' && snoozed_until ? t('work.snoozedUntil', { when: formatDateTime(snoozed_until) }) : t(`work.states.${state}`)
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="sm" className="shrink-0 px-2 text-muted-foreground pointer-coarse:min-w-11" title={label} aria-label={`${t('work.state')}: ${label}`} data-state-of-conversation={state}>
          <Icon aria-hidden />
          <span className="max-2xl:hidden">{t(`work.states.${state}`)}</span>
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        {state === 'snoozed' && <DropdownMenuLabel>{label}</DropdownMenuLabel>}
        {state !== 'open' && <DropdownMenuItem onSelect={() => onChange({ state: 'open' })}><CircleDot aria-hidden />{t('work.reopen')}</DropdownMenuItem>}
        {state !== 'resolved' && <DropdownMenuItem onSelect={() => onChange({ state: 'resolved' })}><CircleCheck aria-hidden />{t('work.resolve')}</DropdownMenuItem>}
        <DropdownMenuSeparator />
        <DropdownMenuLabel>{t('work.snooze')}</DropdownMenuLabel>
        {SNOOZES.map(([words, until]) => {
          const end = until(new Date()).toISOString()
          return (
            <DropdownMenuItem key={words} onSelect={() => onChange({ state: 'snoozed', snoozed_until: end })}>
              <AlarmClock aria-hidden />
              {t(words)}
              <span className="tnum ms-auto ps-4 text-xs text-muted-foreground">{formatDateTime(end)}</span>
            </DropdownMenuItem>
          )
        })}
      </DropdownMenuContent>
    </DropdownMenu>
  )
}
