import { LoaderCircle, Paperclip, X } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { uploadMedia } from '@/api/media'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { Label } from '@/components/ui/label'
import { Textarea } from '@/components/ui/textarea'
import { checkFile, MEDIA_RULES } from '@/lib/files'
import { useFileProblem, useUploadProblem } from './composer/file-problem'
import { type FieldProblem, isMedia, type TemplateField } from './templates'

interface FieldInputProps {
  field: TemplateField
  values: Record<string, string>
  problem?: FieldProblem
  /** Whether an empty field is already a mistake: only after somebody tried to send. */
  showRequired: boolean
  autoFocus: boolean
  onChange: (changed: Record<string, string>) => void
}

export function TemplateFieldInput({ field, values, problem, showRequired, autoFocus, onChange }: FieldInputProps) {
  const { t } = useTranslation()
  const id = `template-${field.key}`
  const label = useLabel(field)
  const value = values[field.key] ?? ''
  const shown = problem && (showRequired || problem !== 'required') ? problem : undefined
  const common = {
    id,
    autoFocus,
    value,
    'aria-invalid': !!shown,
    'aria-describedby': shown ? `${id}-error` : undefined,
    placeholder: field.example ? t('templates.example', { value: field.example }) : undefined,
  }
  return (
    <div className="grid gap-1.5">
      <Label htmlFor={id}>{label}</Label>
      {isMedia(field.kind) ? (
        <MediaInput field={field} kind={field.kind} values={values} onChange={onChange} common={common} />
      ) : field.kind === 'products' ? (
        <Textarea {...common} dir="ltr" rows={2} placeholder={t('templates.productsHint')} onChange={(e) => onChange({ [field.key]: e.target.value })} />
      ) : (
        <Input
          {...common}
          type={field.kind === 'until' ? 'datetime-local' : 'text'}
          dir={field.kind === 'text' || field.kind === 'place' ? 'auto' : 'ltr'}
          inputMode={field.kind === 'latitude' || field.kind === 'longitude' ? 'decimal' : undefined}
          autoComplete="off"
          onChange={(e) => onChange({ [field.key]: e.target.value })}
        />
      )}
      {shown && <p id={`${id}-error`} role="alert" className="text-[0.8125rem] text-destructive">{shown === 'tooLong' ? t('validation.atMost', { max: field.max }) : t(`validation.${shown}`)}</p>}
    </div>
  )
}

function useLabel(field: TemplateField) {
  const { t } = useTranslation()
  if (isMedia(field.kind)) return t('templates.mediaLink', { kind: t(`kinds.${field.kind}`) })
  switch (field.kind) {
    case 'otp':
      return t('templates.otp')
    case 'until':
      return t('templates.until')
    case 'latitude':
      return t('place.latitude')
    case 'longitude':
      return t('place.longitude')
    case 'place':
      return t(field.variable === 'address' ? 'place.address' : 'place.name')
    case 'product':
      return t(field.variable === 'catalog_id' ? 'templates.catalogue' : 'templates.product')
    case 'products':
      return t('templates.products', { button: field.variable })
    case 'code':
      return t('templates.buttonCode', { button: field.variable })
    default:
      if (field.part === 'button') return t('templates.buttonEnd', { button: field.variable })
      return t(field.part === 'header' ? 'templates.headerBlank' : 'templates.bodyBlank', { name: `\u2066{{${field.variable}}}\u2069` })
  }
}

interface MediaInputProps {
  field: TemplateField
  kind: 'image' | 'video' | 'document'
  values: Record<string, string>
  onChange: FieldInputProps['onChange']
  common: { id: string; autoFocus: boolean; value: string; 'aria-invalid': boolean; 'aria-describedby'?: string }
}

/** A file of one's own, or a link that anyone can open. */
function MediaInput({ field, kind, values, onChange, common }: MediaInputProps) {
  const { t } = useTranslation()
  const picker = useRef<HTMLInputElement>(null)
  const [progress, setProgress] = useState<number>()
  const [problem, setProblem] = useState<string>()
  const describe = useFileProblem()
  const describeUpload = useUploadProblem()
  const name = values[`${field.key}__name`]
  const take = async (file: File | undefined) => {
    if (!file) return
    const wrong = checkFile(file, kind)
    setProblem(wrong && describe(wrong, kind))
    if (wrong) return
    setProgress(0)
    try {
      const media = await uploadMedia(file, kind, file.name, setProgress)
      onChange({ [field.key]: media.id, [`${field.key}__name`]: file.name, [`${field.key}__url`]: kind === 'document' ? '' : URL.createObjectURL(file) })
    } catch (error) {
      setProblem(describeUpload(error, kind))
    } finally {
      setProgress(undefined)
    }
  }
  return (
    <>
      {name ? (
        <div className="flex items-center gap-2 rounded-md border bg-muted/50 px-3 py-1.5 text-sm">
          <Paperclip className="size-4 shrink-0 text-muted-foreground" aria-hidden />
          <bdi className="min-w-0 flex-1 truncate">{name}</bdi>
          <Button variant="ghost" size="icon-sm" aria-label={t('composer.remove', { name })} onClick={() => onChange({ [field.key]: '', [`${field.key}__name`]: '', [`${field.key}__url`]: '' })}><X aria-hidden /></Button>
        </div>
      ) : (
        <div className="flex gap-2">
          <Input {...common} dir="ltr" inputMode="url" placeholder="https://" className="min-w-0 flex-1" onChange={(e) => onChange({ [field.key]: e.target.value })} />
          <Button variant="outline" disabled={progress !== undefined} onClick={() => picker.current?.click()}>
            {progress === undefined ? <Paperclip aria-hidden /> : <LoaderCircle className="animate-spin" aria-hidden />}
            {progress === undefined ? t('composer.upload') : `${Math.round(progress * 100)} %`}
          </Button>
          <input ref={picker} type="file" hidden accept={MEDIA_RULES[kind].accept} onChange={(e) => { void take(e.target.files?.[0]); e.target.value = '' }} />
        </div>
      )}
      {problem && <p role="alert" className="text-[0.8125rem] text-destructive">{problem}</p>}
    </>
  )
}
