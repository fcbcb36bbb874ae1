import { ImageUp, Trash2 } from 'lucide-react'
import { type ChangeEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { useSaveLogo } from '@/api/settings'
import { Avatar } from '@/components/avatar'
import { Notice } from '@/components/states'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { describeError, toastError } from '@/lib/errors'

const TYPES = ['image/png', 'image/jpeg', 'image/webp']
const MOST = 256 * 1024

/** The business's logo: saved at once, apart from the form below it. */
export function Logo({ url, name, manage }: { url?: string; name: string; manage: boolean }) {
  const { t } = useTranslation()
  const save = useSaveLogo()
  const input = useRef<HTMLInputElement>(null)
  const [problem, setProblem] = useState<string>()
  const pick = (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0]
    // The same file can be chosen again.
    event.target.value = ''
    if (!file) return
    if (!TYPES.includes(file.type)) return setProblem(t('general.logoType'))
    if (file.size > MOST) return setProblem(t('general.logoSize'))
    setProblem(undefined)
    save.mutate(file, { onSuccess: () => toast.success(t('general.logoSaved')), onError: (error) => setProblem(describeError(error)) })
  }
  return (
    <Card role="region" aria-label={t('general.logo')} className="p-5">
      <div className="flex flex-wrap items-center gap-4">
        {url ? <img src={url} alt={t('general.logoOf', { name })} className="size-16 rounded-lg border bg-white object-contain" /> : <Avatar name={name} size="xl" square />}
        <div className="min-w-0 flex-1 basis-48">
          <p className="text-sm font-medium">{t('general.logo')}</p>
          <p className="text-[0.8125rem] text-muted-foreground">{t('general.logoHint')}</p>
        </div>
        {manage && (
          <div className="flex gap-2">
            <input ref={input} type="file" accept={TYPES.join()} className="sr-only" tabIndex={-1} aria-hidden onChange={pick} />
            <Button variant="outline" size="sm" loading={save.isPending} onClick={() => input.current?.click()}><ImageUp aria-hidden />{t(url ? 'general.logoReplace' : 'general.logoUpload')}</Button>
            {url && (
              <Button variant="ghost" size="sm" className="text-destructive" disabled={save.isPending} onClick={() => save.mutate(undefined, { onError: toastError })}><Trash2 aria-hidden />{t('general.logoRemove')}</Button>
            )}
          </div>
        )}
      </div>
      {problem && <Notice className="mt-4">{problem}</Notice>}
    </Card>
  )
}
