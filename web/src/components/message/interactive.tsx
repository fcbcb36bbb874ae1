import { Contact, CreditCard, ExternalLink, List, type LucideIcon, MapPin, MousePointerClick, PhoneCall, ReceiptText, Reply, ShoppingBag, SquarePen } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog, DialogBody, DialogContent, DialogHeader, DialogTitle } from '@/components/ui/dialog'
import { bodyOf, type Carried, inner, safeLink } from '@/lib/content'
import { type FileView, namedFile } from '@/lib/files'
import { formatDate, formatMoney } from '@/lib/format'
import { type Answer, answerOf, type InteractiveView, interactiveView } from '@/lib/interactive-view'
import { cn } from '@/lib/utils'
import { WhatsAppText } from '../wa-text'
import { Labelled, OfferedButton, Overline, RawDetails } from './bits'
import { DocumentFile } from './document'
import { useFileActions } from './file-context'
import { PictureFile, VideoFile } from './visual'

const ICONS: Record<InteractiveView['buttons'][number]['kind'], LucideIcon> = {
  reply: Reply, link: ExternalLink, flow: SquarePen, place: MapPin, address: MapPin, catalogue: ShoppingBag, call: PhoneCall, contact: Contact, product: ShoppingBag, pay: CreditCard, order: ReceiptText,
}

export function Interactive({ message, file }: { message: Carried; file?: FileView }) {
  const { t } = useTranslation()
  const body = inner(message)
  const answer = answerOf(body)
  if (answer) return <AnswerCard answer={answer} />
  const view = interactiveView(body)
  if (!view.known && !view.body) {
    const shown = bodyOf(message)
    return (
      <span className="block">
        {shown ? <WhatsAppText text={shown} /> : <Labelled icon={MousePointerClick} label={t('kinds.interactive')} />}
        <RawDetails value={message.content} />
      </span>
    )
  }
  return <InteractiveCard view={view} file={file} />
}

/** The message as it was offered: in the thread, and in the composer while it is being built. */
export function InteractiveCard({ view, file, live = true }: { view: InteractiveView; file?: FileView; live?: boolean }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const withFile = view.header && view.header.format !== 'text'
  const sheetLabel = view.sheet ? (view.sheet.button ?? t(view.sheet.products ? 'kinds.viewItems' : 'kinds.viewOptions')) : ''
  return (
    <span className={cn('block min-w-44 space-y-1.5', withFile && 'w-72 max-w-full')}>
      {view.header && <Header header={view.header} file={file} />}
      {view.product && <span className="flex items-center gap-2.5 rounded-lg bg-foreground/5 px-2.5 py-2 text-[0.8125rem]"><ShoppingBag className="size-5 shrink-0 opacity-70" aria-hidden /><span className="min-w-0"><span className="block font-medium">{t('kinds.product')}</span><bdi className="block truncate text-xs opacity-75">{view.product}</bdi></span></span>}
      {view.order && (
        <span className="flex items-center gap-2.5 rounded-lg bg-foreground/5 px-2.5 py-2 text-[0.8125rem]">
          <ReceiptText className="size-5 shrink-0 opacity-70" aria-hidden />
          <span className="min-w-0 flex-1">
            <span dir="auto" className="align-ui block truncate font-medium">{view.order.id ? t('kinds.orderNamed', { id: view.order.id }) : t('kinds.order')}</span>
            {view.order.status && <span className="block text-xs opacity-75">{t(`kinds.orderStates.${view.order.status}`, { defaultValue: view.order.status })}</span>}
          </span>
          {view.order.total && <bdi className="tnum shrink-0 font-semibold">{formatMoney(view.order.total.amount, view.order.total.currency)}</bdi>}
        </span>
      )}
      {view.body && <WhatsAppText text={view.body} />}
      {view.footer && <span dir="auto" className="align-ui block text-xs opacity-70">{view.footer}</span>}
      {(view.buttons.length > 0 || view.sheet) && (
        <span className="-mx-1 block divide-y divide-foreground/10 border-t border-foreground/10">
          {view.buttons.map((button, i) => (
            <OfferedButton key={i} icon={ICONS[button.kind]} href={live ? safeLink(button.url) : undefined} title={button.url}>
              {button.title || t(`kinds.offers.${button.kind}`)}
            </OfferedButton>
          ))}
          {view.sheet && (
            <button type="button" onClick={() => setOpen(true)} className="flex w-full items-center justify-center gap-1.5 px-3 py-2 text-[0.8125rem] font-medium text-info-soft-foreground hover:underline">
              <List className="size-3.5" aria-hidden />
              <span dir="auto">{sheetLabel}</span>
            </button>
          )}
        </span>
      )}
      {view.cards.length > 0 && (
        <span role="group" aria-label={t('kinds.carousel')} tabIndex={0} className="thin-scroll flex max-w-full snap-x gap-2 overflow-x-auto pb-1.5">
          {view.cards.map((card, i) => (
            <span key={i} className="block w-52 shrink-0 snap-start rounded-lg border border-foreground/10 bg-bubble-in p-2 text-foreground"><InteractiveCard view={card} live={live} /></span>
          ))}
        </span>
      )}
      {view.sheet && (
        <Dialog open={open} onOpenChange={setOpen}>
          <DialogContent aria-describedby={undefined} className="sm:max-w-sm">
            <DialogHeader><DialogTitle>{sheetLabel}</DialogTitle></DialogHeader>
            <DialogBody className="space-y-4">
              {view.sheet.sections.map((section, i) => (
                <section key={i} className="space-y-1">
                  {section.title && <h3 dir="auto" className="align-ui text-xs font-semibold text-muted-foreground">{section.title}</h3>}
                  <ul className="divide-y rounded-lg border">
                    {section.rows.map((row, j) => (
                      <li key={j} className="px-3 py-2">
                        <span dir="auto" className="align-ui block text-sm">{row.title}</span>
                        {row.description && <span dir="auto" className="align-ui block text-xs text-muted-foreground">{row.description}</span>}
                      </li>
                    ))}
                  </ul>
                </section>
              ))}
            </DialogBody>
          </DialogContent>
        </Dialog>
      )}
    </span>
  )
}

function Header({ header, file }: { header: NonNullable<InteractiveView['header']>; file?: FileView }) {
  const { inSimulator } = useFileActions()
  const shown = file ?? namedFile(header.file, inSimulator)
  switch (header.format) {
    case 'text':
      return <strong dir="auto" className="align-ui block font-semibold">{header.text}</strong>
    case 'image':
      return <PictureFile file={shown} />
    case 'video':
      return <VideoFile file={shown} />
    case 'document':
      return <DocumentFile file={shown} />
    default:
      return null
  }
}

function AnswerCard({ answer }: { answer: Answer }) {
  const { t } = useTranslation()
  switch (answer.kind) {
    case 'choice':
      return (
        <span className="block">
          <Overline icon={MousePointerClick}>{t('kinds.chose')}</Overline>
          <span dir="auto" className="align-ui block font-medium">{answer.title}</span>
          {answer.description && <span dir="auto" className="align-ui block text-xs opacity-75">{answer.description}</span>}
        </span>
      )
    case 'form':
    case 'address':
      return (
        <span className="block w-72 max-w-full">
          <Overline icon={answer.kind === 'form' ? SquarePen : MapPin}>{t(answer.kind === 'form' ? 'kinds.formAnswer' : 'kinds.addressAnswer')}</Overline>
          {answer.fields.length === 0 && <span className="block opacity-80">{t('kinds.formEmpty')}</span>}
          <span role="list" className="mt-1 block divide-y divide-foreground/10 rounded-lg border border-foreground/10 bg-foreground/4 empty:hidden">
            {answer.fields.map((field, i) => (
              <span role="listitem" key={i} className="block px-2.5 py-1.5">
                <span dir="auto" className="align-ui block text-[0.6875rem] opacity-70">{field.label}</span>
                <span dir="auto" className="align-ui block wrap-anywhere">{field.value}</span>
              </span>
            ))}
          </span>
        </span>
      )
    case 'call':
      return <Labelled icon={PhoneCall} label={t(answer.accepted ? 'kinds.callAllowed' : 'kinds.callRefused')} hint={answer.accepted && !answer.always && answer.until ? t('kinds.offerUntil', { date: formatDate(new Date(answer.until * 1000).toISOString()) }) : undefined} />
  }
}
