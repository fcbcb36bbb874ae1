import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Tag } from '@/api/tags'
import { Button } from '@/components/ui/button'
import { Dialog, DialogBody, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '@/components/ui/dialog'
import { Input } from '@/components/ui/input'
import { Label } from '@/components/ui/label'

interface TagPickerProps {
  open: boolean
  tags: Tag[]
  onClose: () => void
  onPick: (name: string) => void
}

/** Which tag the selected contacts get: a known one or a new one. */
export function TagPicker({ open, tags, onClose, onPick }: TagPickerProps) {
  const { t } = useTranslation()
  const [name, setName] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!name.trim()) return
    onPick(name.trim())
    setName('')
  }
  return (
    <Dialog open={open} onOpenChange={(next) => !next && onClose()}>
      <DialogContent>
        <form onSubmit={submit} className="flex min-h-0 flex-1 flex-col">
          <DialogHeader>
            <DialogTitle>{t('contacts.addTag')}</DialogTitle>
            <DialogDescription>{t('contacts.addTagHint')}</DialogDescription>
          </DialogHeader>
          <DialogBody className="grid gap-2">
            <Label htmlFor="tag-to-add">{t('contacts.tag')}</Label>
            <Input id="tag-to-add" dir="auto" list="known-tags" autoComplete="off" autoFocus maxLength={60} required value={name} onChange={(event) => setName(event.target.value)} />
            <datalist id="known-tags">{tags.map((tag) => <option key={tag.id} value={tag.name} />)}</datalist>
          </DialogBody>
          <DialogFooter>
            <Button variant="outline" onClick={onClose}>{t('common.cancel')}</Button>
            <Button type="submit">{t('common.continue')}</Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  )
}
