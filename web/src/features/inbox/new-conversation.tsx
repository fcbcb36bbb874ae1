import { Check, Search, UserRoundPlus } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import type { Channel } from '@/api/channels'
import { type Contact, useContact, useContactSuggestions } from '@/api/contacts'
import { useStartConversation } from '@/api/conversations'
import type { MessageIn } from '@/api/messages'
import type { Template } from '@/api/templates'
import { Avatar } from '@/components/avatar'
import { useFill } from '@/components/fill/use-fill'
import { leave, useUnsaved } from '@/components/leave-guard'
import { Notice } from '@/components/states'
import { SubmitButton } from '@/components/submit-button'
import { NumberLabel, PhoneText } from '@/components/text-bits'
import { Button } from '@/components/ui/button'
import { Dialog, DialogBody, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '@/components/ui/dialog'
import { Input } from '@/components/ui/input'
import { Label } from '@/components/ui/label'
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select'
import { describeError, fieldProblem } from '@/lib/errors'
import { displayName, mayBePhone, personSeed } from '@/lib/format'
import { useDebounced } from '@/lib/hooks'
import { TemplateForm, TemplateList } from './template-picker'

interface NewConversationProps {
  open: boolean
  contactId?: string
  onClose: () => void
  channels: Channel[]
}

export function NewConversation({ open, onClose, ...rest }: NewConversationProps) {
  return (
    <Dialog open={open} onOpenChange={(next) => !next && leave(onClose)}>
      <DialogContent className="sm:max-w-xl">{open && <Inside onClose={onClose} {...rest} />}</DialogContent>
    </Dialog>
  )
}

type Recipient = { contact: Contact } | { phone: string }

function Inside({ contactId, onClose, channels }: Omit<NewConversationProps, 'open'>) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const [channelChoice, setChannelChoice] = useState<string>()
  const [recipient, setRecipient] = useState<Recipient>()
  const [template, setTemplate] = useState<Template>()
  const [tried, setTried] = useState(false)
  const start = useStartConversation()
  const fill = useFill(template, { contactId: recipient && 'contact' in recipient ? recipient.contact.id : undefined })
  const settled = useUnsaved(fill.dirty || (!!recipient && !contactId))
  const phoneProblem = fieldProblem(start.error, 'to.phone')
  const channelId = channelChoice ?? channels.find((c) => c.status === 'connected')?.id ?? channels[0]?.id
  const name = recipient && ('contact' in recipient ? displayName(recipient.contact, t('person.unknown')) : recipient.phone)

  const missing = !recipient
    ? t('newConversation.recipientFirst')
    : !template
      ? t('picker.pickFirst')
      : fill.open.length > 0
        ? t('fill.missing')
        : undefined

  const send = () => {
    setTried(true)
    if (!recipient || !template || !channelId || fill.open.length > 0) return
    const to: MessageIn['to'] = 'contact' in recipient ? { contact_id: recipient.contact.id } : { phone: recipient.phone }
    start.mutate(
      { channel_id: channelId, to, type: 'template', template_id: template.id, values: fill.values } as MessageIn,
      {
        onSuccess: (message) => {
          settled()
          navigate(`/inbox/${message.conversation_id}`, { replace: true })
        },
      },
    )
  }

  if (channels.length === 0) {
    return (
      <>
        <DialogHeader>
          <DialogTitle>{t('newConversation.title')}</DialogTitle>
          <DialogDescription>{t('newConversation.noNumber')}</DialogDescription>
        </DialogHeader>
        <DialogFooter className="mt-4">
          <Button asChild><Link href="/settings/numbers/connect">{t('common.connectNumber')}</Link></Button>
        </DialogFooter>
      </>
    )
  }

  return (
    <form
      className="flex min-h-0 flex-1 flex-col"
      onSubmit={(e) => {
        e.preventDefault()
        send()
      }}
    >
      <DialogHeader>
        <DialogTitle>{t('newConversation.title')}</DialogTitle>
        <DialogDescription>{t('newConversation.hint')}</DialogDescription>
      </DialogHeader>
      <DialogBody className="space-y-4">
        {start.error && !phoneProblem && <Notice>{describeError(start.error)}</Notice>}
        <div className="grid gap-1.5">
          <Label htmlFor="new-from">{t('newConversation.from')}</Label>
          <Select value={channelId} onValueChange={(id) => { setChannelChoice(id); setTemplate(undefined) }}>
            <SelectTrigger id="new-from"><SelectValue /></SelectTrigger>
            <SelectContent>
              {channels.map((channel) => (
                <SelectItem key={channel.id} value={channel.id}>
                  <NumberLabel name={channel.name} phone={channel.display_phone_number} />
                </SelectItem>
              ))}
            </SelectContent>
          </Select>
        </div>
        <RecipientField value={recipient} onChange={(value) => { setRecipient(value); start.reset() }} contactId={contactId} problem={phoneProblem} />
        {recipient && (
          <div className="grid gap-1.5">
            {template ? (
              <TemplateForm template={template} fill={fill} sender={channels.find(({ id }) => id === channelId)?.name} tried={tried} onBack={() => setTemplate(undefined)} />
            ) : (
              <>
                <p className="text-[0.8125rem] font-medium">{t('newConversation.template')}</p>
                <TemplateList channelId={channelId} onPick={(picked) => { setTemplate(picked); setTried(false) }} />
              </>
            )}
          </div>
        )}
      </DialogBody>
      <DialogFooter>
        <SubmitButton missing={missing} loading={start.isPending} before={<Button variant="outline" onClick={() => leave(onClose)}>{t('common.cancel')}</Button>}>
          {name ? t('newConversation.sendTo', { name }) : t('chat.send')}
        </SubmitButton>
      </DialogFooter>
    </form>
  )
}

function RecipientField({ value, onChange, contactId, problem }: { value?: Recipient; onChange: (value: Recipient | undefined) => void; contactId?: string; problem?: string }) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const settled = useDebounced(search.trim(), 200)
  const suggestions = useContactSuggestions(settled)
  // As it was typed: the server reads it.
  const phone = mayBePhone(search) ? search.trim() : undefined

  if (value) {
    const name = 'contact' in value ? displayName(value.contact, t('person.unknown')) : value.phone
    return (
      <div className="grid gap-1.5">
        <p className="text-[0.8125rem] font-medium">{t('newConversation.recipient')}</p>
        <div className="flex items-center gap-3 rounded-lg border bg-card px-3 py-2 shadow-xs">
          <Avatar name={name} seed={personSeed('contact' in value ? value.contact : { phone: value.phone })} size="sm" />
          <span className="min-w-0 flex-1 truncate text-sm font-medium"><bdi>{name}</bdi></span>
          <Button variant="ghost" size="sm" onClick={() => onChange(undefined)}>{t('common.change')}</Button>
        </div>
        {problem && <p role="alert" className="text-[0.8125rem] text-destructive">{problem}</p>}
      </div>
    )
  }
  return (
    <div className="grid gap-1.5">
      {contactId && <Preselect id={contactId} onReady={(contact) => onChange({ contact })} />}
      <Label htmlFor="new-recipient">{t('newConversation.recipient')}</Label>
      <div className="relative">
        <Search className="pointer-events-none absolute start-2.5 inset-y-0 my-auto size-4 text-muted-foreground" aria-hidden />
        <Input
          id="new-recipient"
          autoFocus={!contactId}
          autoComplete="off"
          className="ps-8.5"
          value={search}
          onChange={(e) => setSearch(e.target.value)}
          onKeyDown={(e) => {
            if (e.key !== 'Enter') return
            e.preventDefault()
            if (phone) onChange({ phone })
            else if (suggestions.data?.[0]) onChange({ contact: suggestions.data[0] })
          }}
          placeholder={t('newConversation.recipientPlaceholder')}
        />
      </div>
      <ul className="thin-scroll relative max-h-64 overflow-y-auto">
        {phone && (
          <li>
            <button type="button" className="flex w-full items-center gap-3 rounded-md px-2 py-2 pointer-coarse:min-h-11 text-start text-sm hover:bg-accent" onClick={() => onChange({ phone })}>
              <span className="grid size-7 place-items-center rounded-full bg-primary-soft text-primary-soft-foreground"><UserRoundPlus className="size-3.5" aria-hidden /></span>
              {t('newConversation.usePhone')} <bdi className="ltr-isolate font-medium">{phone}</bdi>
            </button>
          </li>
        )}
        {suggestions.data?.map((contact) => (
          <li key={contact.id}>
            <button type="button" className="group flex w-full items-center gap-3 rounded-md px-2 py-2 pointer-coarse:min-h-11 text-start text-sm hover:bg-accent" onClick={() => onChange({ contact })}>
              <Avatar name={displayName(contact, '')} seed={personSeed(contact)} size="sm" />
              <span className="min-w-0 flex-1 truncate"><bdi>{displayName(contact, t('person.unknown'))}</bdi></span>
              {contact.name && contact.phone && <PhoneText phone={contact.phone} className="text-xs text-muted-foreground" />}
              <Check className="size-4 opacity-0 group-hover:opacity-40" aria-hidden />
            </button>
          </li>
        ))}
      </ul>
      {settled && !phone && suggestions.data?.length === 0 && <p className="px-2 text-[0.8125rem] text-muted-foreground">{t('newConversation.nobody')}</p>}
    </div>
  )
}

function Preselect({ id, onReady }: { id: string; onReady: (contact: Contact) => void }) {
  const contact = useContact(id)
  useEffect(() => {
    if (contact.data) onReady(contact.data)
    // Once, when it is known: the person may then change their mind.
  }, [contact.data])
  return null
}
