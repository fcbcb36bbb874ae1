import { LayoutTemplate, MousePointerClick, Smile } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { bodyOf, type Carried, inner } from '@/lib/content'
import { fileOf, type WithFile } from '@/lib/files'
import { sentValues, type TemplateDefinition, templateView, viewOfShown } from '@/lib/template-view'
import { list, record, text } from '@/lib/utils'
import { Audio } from './message/audio'
import { Labelled, Overline } from './message/bits'
import { ContactCards } from './message/contact-cards'
import { Document } from './message/document'
import { useFileActions } from './message/file-context'
import { Interactive } from './message/interactive'
import { Unsupported, UnknownKind } from './message/odd'
import { OrderCard } from './message/order'
import { Place } from './message/place'
import { SystemLine } from './message/system-line'
import { TemplateCard } from './message/template-card'
import { Picture, Sticker, Video } from './message/visual'
import { WhatsAppText } from './wa-text'

/**
 * What a message says, in the bubble, for every kind WhatsApp has: what is known is said in words, what is not is shown as it came.
 * `ownPhone`: on the phone it was written on, where advice to an agent makes no sense.
 */
export function MessageContent({ message, name, ownPhone, templates }: { message: WithFile; name?: string; ownPhone?: boolean; templates?: TemplateDefinition[] }) {
  const { t } = useTranslation()
  const { inSimulator } = useFileActions()
  const body = inner(message)
  switch (message.type) {
    case 'text':
      return <WhatsAppText text={bodyOf(message) ?? ''} />
    case 'image':
      return <Picture message={message} />
    case 'sticker':
      return <Sticker message={message} />
    case 'video':
      return <Video message={message} />
    case 'audio':
    case 'voice':
      return <Audio message={message} />
    case 'document':
      return <Document message={message} />
    case 'template':
      return <SentTemplate message={message} templates={templates} />
    case 'location':
      return <Place message={message} />
    case 'contacts':
      return <ContactCards message={message} />
    case 'reaction':
      return <Labelled icon={Smile} label={text(body.emoji) ? t('kinds.reacted', { emoji: body.emoji }) : t('kinds.reactionRemoved')} />
    case 'button':
      return (
        <span className="block">
          <Overline icon={MousePointerClick}>{t('kinds.button')}</Overline>
          <span dir="auto" className="align-ui block font-medium">{bodyOf(message)}</span>
        </span>
      )
    case 'interactive':
      return <Interactive message={message} file={message.media ? fileOf(message, inSimulator) : undefined} />
    case 'order':
      return <OrderCard message={message} />
    case 'system':
      return <SystemLine message={message} name={name ?? ''} />
    case 'request_welcome':
      return <Labelled icon={Smile} label={t('kinds.welcome')} />
    case 'unsupported':
    case 'unknown':
      return ownPhone ? <Labelled icon={Smile} label={t('kinds.unsupportedSample')} /> : <Unsupported message={message} />
    default:
      return <UnknownKind message={message} />
  }
}

function SentTemplate({ message, templates }: { message: WithFile; templates?: TemplateDefinition[] }) {
  const { t } = useTranslation()
  const { inSimulator } = useFileActions()
  const body = inner(message)
  const name = text(body.name) ?? text(record(body.template).name)
  const language = text(record(body.language).code) ?? text(body.language)
  const definition = templates?.find((template) => template.name === name && template.language === language)
  const sent = list(body.components)
  const view = message.shown ? viewOfShown(message.shown, sent) : definition && templateView(definition.components, sent)
  if (view) {
    return <TemplateCard name={name} view={view} file={message.media || message.local_url ? fileOf(message, inSimulator) : undefined} />
  }
  const values = sentValues(sent)
  return (
    <span className="block space-y-1">
      <Overline icon={LayoutTemplate}>{name ? t('kinds.templateNamed', { name }) : t('kinds.template')}</Overline>
      {message.text ? <WhatsAppText text={message.text} /> : <span dir="auto" className="align-ui block">{values.length > 0 ? values.join(' · ') : t('kinds.templateSent')}</span>}
    </span>
  )
}

export type { Carried }
