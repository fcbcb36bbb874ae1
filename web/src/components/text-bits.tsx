import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { formatDateTime, formatPhone } from '@/lib/format'
import { cn } from '@/lib/utils'
import { Button } from './ui/button'
import { Hint } from './ui/tooltip'

/** A phone number reads left to right in every language. */
export function PhoneText({ phone, className }: { phone: string; className?: string }) {
  return <bdi className={cn('ltr-isolate tnum whitespace-nowrap', className)}>{formatPhone(phone)}</bdi>
}

/** A number with its name: each keeps its own direction, and the page's decides which comes first. */
export function NumberLabel({ name, phone }: { name: string; phone?: string }) {
  return (
    <>
      <bdi>{name}</bdi>
      {phone && <span className="text-muted-foreground">{' · '}<PhoneText phone={phone} /></span>}
    </>
  )
}

/** Ids, keys, URLs: code stays left to right and may be broken anywhere. */
export function Code({ children, className }: { children: string; className?: string }) {
  return (
    <code dir="ltr" className={cn('rounded bg-muted px-1.5 py-0.5 font-mono text-[0.8125em] break-all', className)}>
      {children}
    </code>
  )
}

export function TimeText({ iso, children, className }: { iso: string; children: string; className?: string }) {
  return (
    <time dateTime={iso} title={formatDateTime(iso)} className={cn('tnum', className)}>
      {children}
    </time>
  )
}

export function CopyButton({ value, label, className, withText }: { value: string; label?: string; className?: string; withText?: boolean }) {
  const { t } = useTranslation()
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 1600)
    return () => clearTimeout(timer)
  }, [copied])

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value)
      setCopied(true)
    } catch {
      toast.error(t('common.copyFailed'))
    }
  }
  const name = copied ? t('common.copied') : (label ?? t('common.copy'))
  const icon = copied ? <Check className="text-primary" aria-hidden /> : <Copy aria-hidden />
  if (withText) {
    return (
      <Button variant="outline" size="sm" className={className} onClick={() => void copy()}>
        {icon}
        <span aria-live="polite">{name}</span>
      </Button>
    )
  }
  return (
    <Hint label={name}>
      <Button variant="ghost" size="icon-sm" className={cn('text-muted-foreground', className)} onClick={() => void copy()} aria-label={name}>
        {icon}
      </Button>
    </Hint>
  )
}
