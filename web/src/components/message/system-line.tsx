import { Info } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { bodyOf, type Carried, inner } from '@/lib/content'
import { formatPhone } from '@/lib/format'
import { text } from '@/lib/utils'

/** What WhatsApp says about the customer, between the messages: nobody wrote it. */
export function SystemLine({ message, name }: { message: Carried; name: string }) {
  const { t } = useTranslation()
  const body = inner(message)
  const kind = text(body.type)
  const phone = text(body.wa_id) ?? text(body.new_wa_id)
  const words =
    kind === 'user_changed_number' || kind === 'customer_changed_number'
      ? phone ? t('kinds.changedNumber', { name, phone: `\u2066${formatPhone(phone).replaceAll(' ', '\u00a0')}\u2069` }) : t('kinds.changedNumberOnly', { name })
      : kind === 'customer_identity_changed' ? t('kinds.changedIdentity', { name })
      : kind === 'user_changed_user_id' ? t('kinds.changedUserId', { name })
      : (bodyOf(message) ?? t('kinds.system'))
  return (
    <span className="flex items-start justify-center gap-1.5 rounded-lg bg-info-soft px-3 py-1.5 text-center text-xs text-info-soft-foreground">
      <Info className="mt-0.5 size-3 shrink-0" aria-hidden />
      <span dir="auto">{words}</span>
    </span>
  )
}
