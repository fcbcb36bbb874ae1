import { Bold, Braces, Code, Italic, Smile, Strikethrough } from 'lucide-react'
import { Toolbar } from 'radix-ui'
import { type RefObject, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuLabel, DropdownMenuTrigger } from '@/components/ui/dropdown-menu'
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover'
import { Hint } from '@/components/ui/tooltip'
import { insert, wrap } from './text-editing'
import { freeName, nextNumber } from './variables'

/** WhatsApp's marks, and the keys that set them. */
export const MARKS = [
  { name: 'bold', mark: '*', icon: Bold, key: 'b', shift: false },
  { name: 'italic', mark: '_', icon: Italic, key: 'i', shift: false },
  { name: 'strike', mark: '~', icon: Strikethrough, key: 'x', shift: true },
  { name: 'code', mark: '```', icon: Code, key: 'e', shift: false },
] as const

const EMOJI = '😀 😊 😍 🥳 😎 🤝 🙏 👍 👏 💪 🎉 🎁 🛍️ 🏷️ 💳 📦 🚚 🏠 📍 📅 ⏰ ✅ ❌ ⚠️ ℹ️ 📞 💬 ✉️ 🔔 ⭐ 🌟 ❤️ 💚 🔥 🌸 🌷 ☕ 🍕 🍽️ 🏥 💊 ✈️ 🏨 🚗 🎓 📄 🔑 🔒'.split(' ')
/** What businesses fill in most. */
const NAMES = ['first_name', 'order_number', 'date', 'time', 'amount', 'place'] as const

interface FormatBarProps {
  box: RefObject<HTMLTextAreaElement>
  named: boolean
  text: string
}

/** Marks, emoji and variables, put where the caret is. */
export function FormatBar({ box, named, text }: FormatBarProps) {
  const { t, i18n } = useTranslation()
  const [emoji, setEmoji] = useState(false)
  const put = (words: string, select?: { from: number; to: number }) => box.current && insert(box.current, words, select)
  const name = (wanted: string) => put(`{{${freeName(text, wanted)}}}`)
  const other = () => {
    const variable = freeName(text, 'value')
    put(`{{${variable}}}`, { from: 2, to: 2 + variable.length })
  }
  /** A menu that closes gives the focus back to what opened it; here it belongs into the text. */
  const backToText = (event: Event) => {
    event.preventDefault()
    box.current?.focus()
  }
  return (
    <Toolbar.Root aria-label={t('templateEditor.formatting')} dir={i18n.dir()} className="flex flex-wrap items-center gap-0.5 border-b px-1.5 py-1">
      {MARKS.map(({ name, mark, icon: Icon, key, shift }) => (
        <Hint key={name} label={`${t(`templateEditor.marks.${name}`)} (Ctrl ${shift ? '⇧ ' : ''}${key.toUpperCase()})`}>
          <Toolbar.Button asChild>
            <Button variant="ghost" size="icon-sm" aria-label={t(`templateEditor.marks.${name}`)} onClick={() => box.current && wrap(box.current, mark)}><Icon aria-hidden /></Button>
          </Toolbar.Button>
        </Hint>
      ))}
      <Popover open={emoji} onOpenChange={setEmoji}>
        <Toolbar.Button asChild>
          <PopoverTrigger asChild>
            <Button variant="ghost" size="icon-sm" aria-label={t('templateEditor.emoji')}><Smile aria-hidden /></Button>
          </PopoverTrigger>
        </Toolbar.Button>
        <PopoverContent className="w-auto p-2" aria-label={t('templateEditor.emoji')} onCloseAutoFocus={backToText}>
          <div className="grid grid-cols-8 gap-0.5">
            {EMOJI.map((one) => (
              <button
                key={one}
                type="button"
                className="grid size-8 place-items-center rounded-md text-lg outline-none hover:bg-accent focus-visible:ring-3 focus-visible:ring-ring/25 pointer-coarse:size-9"
                onClick={() => {
                  setEmoji(false)
                  put(one)
                }}
              >
                {one}
              </button>
            ))}
          </div>
        </PopoverContent>
      </Popover>
      <span aria-hidden className="mx-1 h-4 w-px bg-border" />
      {named ? (
        <DropdownMenu>
          <Toolbar.Button asChild>
            <DropdownMenuTrigger asChild>
              <Button variant="ghost" size="sm"><Braces aria-hidden />{t('templateEditor.insertVariable')}</Button>
            </DropdownMenuTrigger>
          </Toolbar.Button>
          <DropdownMenuContent align="start" onCloseAutoFocus={backToText}>
            <DropdownMenuLabel>{t('templateEditor.insertVariable')}</DropdownMenuLabel>
            {NAMES.map((wanted) => <DropdownMenuItem key={wanted} onSelect={() => setTimeout(() => name(wanted))}><bdi dir="ltr" className="font-mono text-xs">{`{{${wanted}}}`}</bdi></DropdownMenuItem>)}
            <DropdownMenuItem onSelect={() => setTimeout(other)}>{t('templateEditor.otherVariable')}</DropdownMenuItem>
          </DropdownMenuContent>
        </DropdownMenu>
      ) : (
        <Toolbar.Button asChild>
          <Button variant="ghost" size="sm" onClick={() => put(`{{${nextNumber(text)}}}`)}><Braces aria-hidden />{t('templateEditor.insertVariable')}</Button>
        </Toolbar.Button>
      )}
    </Toolbar.Root>
  )
}
