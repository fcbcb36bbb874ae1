import { LoaderCircle, Paperclip, X } from 'lucide-react'
import { type InputHTMLAttributes, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { uploadMedia } from '@/api/media'
import { useFileProblem, useUploadProblem } from '@/lib/file-problem'
import { checkFile, MEDIA_RULES } from '@/lib/files'
import type { Slot } from '@/lib/shown'
import { cn } from '@/lib/utils'
import { isMedia } from './filling'

type Value = string | Record<string, string>

interface FillFieldProps {
  slot: Slot
  value?: Value
  /** The server filled it in: from the contact, or with what the template is filled with. */
  filled: boolean
  invalid: boolean
  describedBy?: string
  autoFocus: boolean
  onChange: (value: Value) => void
}

/** What a slot is called. */
export function useSlotLabel() {
  const { t } = useTranslation()
  return ({ key, kind, variable, label, card }: Slot) => {
    const button = label || t(kind === 'code' ? 'kinds.templateButtons.copy_code' : 'kinds.button')
    const said = (() => {
      switch (kind) {
        case 'image':
        case 'video':
        case 'document':
          return t('fill.media', { kind: t(`kinds.${kind}`) })
        case 'location':
          return t('fill.location')
        case 'product':
          return t('fill.product')
        case 'products':
          return t('fill.products', { button })
        case 'suffix':
          return t('fill.suffix', { button })
        case 'code':
          return t('fill.code', { button })
        case 'password':
          return t('fill.password')
        case 'end':
          return t('fill.end')
        default:
          return t(/(^|_)header_/.test(key) ? 'fill.header' : 'fill.body', { name: `\u2066{{${variable}}}\u2069` })
      }
    })()
    return card === undefined ? said : `${t('phone.card', { n: card + 1 })}, ${said}`
  }
}

const LINE = 'rounded-md border-b-2 border-dashed border-(--sim-blank-text)/50 bg-(--sim-blank) px-1.5 text-base text-(--sim-blank-text) outline-none placeholder:text-(--sim-blank-text)/85 focus-visible:border-solid focus-visible:border-(--sim-accent) aria-invalid:border-(--sim-file) md:text-sm pointer-coarse:min-h-9'

export function FillField({ slot, value, filled, invalid, describedBy, autoFocus, onChange }: FillFieldProps) {
  const { t } = useTranslation()
  const label = useSlotLabel()(slot)
  const common = { 'data-slot-field': slot.key, 'data-filled': filled || undefined, 'aria-invalid': invalid, 'aria-describedby': describedBy, autoComplete: 'off', autoFocus }
  const parts = typeof value === 'object' ? value : {}
  const words = typeof value === 'string' ? value : ''
  const part = (name: string, said: string, more?: InputHTMLAttributes<HTMLInputElement>) => (
    <input {...common} autoFocus={autoFocus && name === 'name'} {...more} aria-label={said} placeholder={said} value={parts[name] ?? ''} onChange={(e) => onChange({ ...parts, [name]: e.target.value })} className={cn(LINE, 'w-full')} />
  )
  if (isMedia(slot.kind)) return <MediaField slot={slot} kind={slot.kind} label={label} parts={parts} common={common} onChange={onChange} />
  switch (slot.kind) {
    case 'location':
      return (
        <span role="group" aria-label={label} className="mt-1.5 grid grid-cols-2 gap-1.5 px-1">
          <span className="col-span-2">{part('name', t('fill.placeName'))}</span>
          <span className="col-span-2">{part('address', t('fill.address'))}</span>
          {part('latitude', t('fill.latitude'), { inputMode: 'decimal', dir: 'ltr' })}
          {part('longitude', t('fill.longitude'), { inputMode: 'decimal', dir: 'ltr' })}
        </span>
      )
    case 'product':
      return (
        <span role="group" aria-label={label} className="mt-1.5 grid gap-1.5 px-1">
          {part('product_retailer_id', t('fill.productNumber'), { dir: 'ltr' })}
          {part('catalog_id', t('fill.catalogue'), { dir: 'ltr' })}
        </span>
      )
    case 'end':
      return <input {...common} type="datetime-local" aria-label={label} value={/^\d{10,}$/.test(words) ? localTime(Number(words)) : words} onChange={(e) => onChange(e.target.value)} className={cn(LINE, 'w-full')} />
    case 'products':
      return <textarea {...common} rows={2} dir="ltr" aria-label={label} placeholder={t('fill.productsHint')} value={words} onChange={(e) => onChange(e.target.value)} className={cn(LINE, 'block w-full resize-y py-1')} />
    case 'suffix':
    case 'code':
      return (
        <span className="flex items-center justify-center pb-0.5">
          <input {...common} dir="ltr" aria-label={label} placeholder={slot.example ?? label} size={16} value={words} onChange={(e) => onChange(e.target.value)} className={cn(LINE, 'max-w-full [field-sizing:content]')} />
        </span>
      )
    default:
      return (
        <input
          {...common}
          dir={slot.kind === 'password' ? 'ltr' : 'auto'}
          inputMode={slot.kind === 'password' ? 'numeric' : undefined}
          aria-label={label}
          placeholder={slot.example ?? slot.variable}
          // As wide as what is in it; where a browser cannot do that, by the number of characters.
          size={Math.min(Math.max(words.length || (slot.example ?? '').length, 6), 32)}
          value={words}
          onChange={(e) => onChange(e.target.value)}
          className={cn(LINE, 'mx-0.5 inline-block max-w-full min-w-16 align-baseline font-[inherit] [field-sizing:content]')}
        />
      )
  }
}

/** As a field for a date and a time has it. */
function localTime(ms: number) {
  const date = new Date(ms)
  return new Date(ms - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

interface MediaFieldProps {
  slot: Slot
  kind: 'image' | 'video' | 'document'
  label: string
  parts: Record<string, string>
  common: object & { autoFocus: boolean }
  onChange: FillFieldProps['onChange']
}

/** A file of one's own, or a link that anyone can open. */
function MediaField({ kind, label, parts, common, onChange }: MediaFieldProps) {
  const { t } = useTranslation()
  const picker = useRef<HTMLInputElement>(null)
  const [progress, setProgress] = useState<number>()
  const [problem, setProblem] = useState<string>()
  const describe = useFileProblem()
  const describeUpload = useUploadProblem()
  /** The address of the file that was chosen, for the preview. */
  const shown = useRef<string>()
  const show = (file?: File) => {
    if (shown.current) URL.revokeObjectURL(shown.current)
    shown.current = file && URL.createObjectURL(file)
    return shown.current
  }
  useEffect(() => () => {
    if (shown.current) URL.revokeObjectURL(shown.current)
  }, [])
  const take = async (file: File | undefined) => {
    if (!file) return
    const wrong = checkFile(file, kind)
    setProblem(wrong && describe(wrong, kind))
    if (wrong) return
    setProgress(0)
    try {
      const media = await uploadMedia(file, kind, file.name, setProgress)
      onChange({ media_id: media.id, filename: file.name, name: file.name, ...(kind === 'document' ? {} : { url: show(file) }) })
    } catch (error) {
      setProblem(describeUpload(error, kind))
    } finally {
      setProgress(undefined)
    }
  }
  return (
    <span className="mt-1.5 block px-1">
      {parts.name ? (
        <span className="flex items-center gap-2 rounded-md bg-(--sim-blank) ps-2 text-(--sim-blank-text)">
          <Paperclip className="size-4 shrink-0" aria-hidden />
          <bdi className="min-w-0 flex-1 truncate">{parts.name}</bdi>
          <button type="button" aria-label={t('fill.remove', { name: parts.name })} onClick={() => { show(); onChange({}) }} className="grid size-8 place-items-center rounded-md pointer-coarse:size-11"><X className="size-4" aria-hidden /></button>
        </span>
      ) : (
        <span className="flex gap-1.5">
          <input {...common} dir="ltr" inputMode="url" aria-label={label} placeholder="https://" value={parts.link ?? ''} onChange={(e) => onChange({ link: e.target.value })} className={cn(LINE, 'min-w-0 flex-1')} />
          <button type="button" disabled={progress !== undefined} onClick={() => picker.current?.click()} className="inline-flex h-8 shrink-0 items-center gap-1.5 rounded-md bg-(--sim-accent) px-2.5 text-[0.8125rem] font-medium text-(--sim-in) pointer-coarse:h-11">
            {progress === undefined ? <Paperclip className="size-4" aria-hidden /> : <LoaderCircle className="size-4 animate-spin" aria-hidden />}
            {progress === undefined ? t('fill.upload') : `${Math.round(progress * 100)} %`}
          </button>
          <input ref={picker} type="file" hidden accept={MEDIA_RULES[kind].accept} onChange={(e) => { void take(e.target.files?.[0]); e.target.value = '' }} />
        </span>
      )}
      {problem && <span role="alert" className="mt-1 block text-[0.8125rem] text-(--sim-file)">{problem}</span>}
    </span>
  )
}
