import { Contact, FileText, ImagePlay, Link2, ListChecks, MapPin, Music, Plus, Sticker } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuSeparator, DropdownMenuTrigger } from '@/components/ui/dropdown-menu'
import { MEDIA_RULES, type MediaKind } from '@/lib/files'

export type AttachDialog = 'link' | 'location' | 'contact' | 'choices'

interface AttachMenuProps {
  onFiles: (files: File[], kind?: MediaKind) => void
  onOpen: (dialog: AttachDialog) => void
}

const FILES = [
  { name: 'media', icon: ImagePlay, kind: undefined, accept: `${MEDIA_RULES.image.accept},${MEDIA_RULES.video.accept}` },
  { name: 'document', icon: FileText, kind: 'document', accept: undefined },
  { name: 'audio', icon: Music, kind: 'audio', accept: MEDIA_RULES.audio.accept },
  { name: 'sticker', icon: Sticker, kind: 'sticker', accept: MEDIA_RULES.sticker.accept },
] as const

const DIALOGS = [
  { name: 'location', icon: MapPin },
  { name: 'contact', icon: Contact },
  { name: 'choices', icon: ListChecks },
  { name: 'link', icon: Link2 },
] as const

export function AttachMenu({ onFiles, onOpen }: AttachMenuProps) {
  const { t } = useTranslation()
  const picker = useRef<HTMLInputElement>(null)
  const [kind, setKind] = useState<MediaKind>()
  const pick = (wanted: MediaKind | undefined, accept: string | undefined) => {
    const input = picker.current
    if (!input) return
    setKind(wanted)
    input.accept = accept ?? ''
    input.click()
  }
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button variant="ghost" size="icon-sm" className="text-muted-foreground" aria-label={t('composer.attachMenu')} title={t('composer.attachMenu')}><Plus aria-hidden /></Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent side="top" align="start" className="min-w-56">
          {FILES.map(({ name, icon: Icon, kind: wanted, accept }) => (
            <DropdownMenuItem key={name} onSelect={() => pick(wanted, accept)}><Icon aria-hidden />{t(`composer.add.${name}`)}</DropdownMenuItem>
          ))}
          <DropdownMenuSeparator />
          {DIALOGS.map(({ name, icon: Icon }) => (
            <DropdownMenuItem key={name} onSelect={() => onOpen(name)}><Icon aria-hidden />{t(`composer.add.${name}`)}</DropdownMenuItem>
          ))}
        </DropdownMenuContent>
      </DropdownMenu>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        data-testid="file-picker"
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])], kind)
          event.target.value = ''
        }}
      />
    </>
  )
}
