import { ExternalLink, Image as ImageIcon, Reply } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Template } from '@/api/types'
import { WhatsAppText } from '@/components/wa-text'
import { safeLink } from '@/lib/content'
import { fill, partsOf } from './templates'

/** The template as the customer's phone will draw it. */
export function TemplatePreview({ template, values }: { template: Template; values: Record<string, string> }) {
  const { t } = useTranslation()
  const parts = partsOf(template)
  return (
    <figure className="rounded-xl bg-thread p-4" aria-label={t('templates.preview')}>
      <div className="max-w-80 overflow-hidden rounded-xl border bg-bubble-in text-sm shadow-xs">
        <div className="space-y-1.5 px-3 py-2.5">
          {parts.header?.text && <p dir="auto" className="font-semibold">{fill(parts.header.text, values, 'header')}</p>}
          {parts.header && parts.header.format !== 'TEXT' && <HeaderMedia key={values.header_media} link={safeLink(values.header_media?.trim())} />}
          <WhatsAppText text={fill(parts.body, values, 'body')} />
          {parts.footer && <p dir="auto" className="text-xs text-muted-foreground">{parts.footer}</p>}
        </div>
        {parts.buttons.map((button, i) => (
          <p key={i} className="flex items-center justify-center gap-1.5 border-t px-3 py-2 text-[0.8125rem] font-medium text-info">
            {button.type === 'URL' ? <ExternalLink className="size-3.5" aria-hidden /> : <Reply className="flip-rtl size-3.5" aria-hidden />}
            {button.text}
          </p>
        ))}
      </div>
    </figure>
  )
}

function HeaderMedia({ link }: { link?: string }) {
  const [broken, setBroken] = useState(false)
  if (link && !broken) return <img src={link} alt="" referrerPolicy="no-referrer" onError={() => setBroken(true)} className="max-h-40 w-full rounded-md object-cover" />
  return (
    <span className="grid h-28 place-items-center rounded-md bg-muted text-muted-foreground">
      <ImageIcon className="size-6" aria-hidden />
    </span>
  )
}
