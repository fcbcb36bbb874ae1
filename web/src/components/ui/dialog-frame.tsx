import { X } from 'lucide-react'
import { AlertDialog, Dialog } from 'radix-ui'
import * as React from 'react'
import { useTranslation } from 'react-i18next'
import { cn } from '@/lib/utils'
import { Origin, useReturnFocus } from './return-focus'

export const overlayStyles =
  'fixed inset-0 z-50 bg-black/35 dark:bg-black/60 data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=closed]:animate-out data-[state=closed]:fade-out-0'

/** What each of them looks like: in the middle (on a phone from below), along a side, or a question in the middle. */
const LOOKS = {
  dialog:
    'inset-x-0 bottom-0 mx-auto flex max-h-[92dvh] w-full flex-col overflow-hidden rounded-t-xl border duration-150 data-[state=open]:slide-in-from-bottom-4 sm:bottom-auto sm:top-1/2 sm:max-h-[86dvh] sm:w-[calc(100%-2rem)] sm:max-w-lg sm:-translate-y-1/2 sm:rounded-xl',
  start: 'inset-y-0 start-0 flex w-full flex-col overflow-hidden border-e duration-200 sm:max-w-md ltr:data-[state=open]:slide-in-from-left-16 rtl:data-[state=open]:slide-in-from-right-16',
  end: 'inset-y-0 end-0 flex w-full flex-col overflow-hidden border-s duration-200 sm:max-w-md ltr:data-[state=open]:slide-in-from-right-16 rtl:data-[state=open]:slide-in-from-left-16',
  alert: 'inset-x-4 top-1/2 mx-auto grid max-w-md -translate-y-1/2 gap-4 rounded-xl border p-5 duration-150',
}

export type FrameProps = React.ComponentPropsWithoutRef<typeof Dialog.Content>

/** The frame of everything that opens over the page: it darkens the rest, keeps the focus and gives it back. */
export const DialogFrame = React.forwardRef<HTMLDivElement, FrameProps & { look: keyof typeof LOOKS }>(({ look, className, children, onCloseAutoFocus, onEscapeKeyDown, ...props }, ref) => {
  const back = useReturnFocus(onCloseAutoFocus)
  // A question is answered with its buttons only.
  const { Portal, Overlay, Content } = look === 'alert' ? AlertDialog : Dialog
  return (
    <Portal>
      <Overlay className={overlayStyles} />
      <Content
        ref={ref}
        className={cn(
          'fixed z-50 bg-popover text-popover-foreground shadow-lg outline-none data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=closed]:animate-out data-[state=closed]:fade-out-0',
          LOOKS[look],
          className,
        )}
        {...props}
        onEscapeKeyDown={(event) => {
          // Of a field with an open list the list closes first.
          if (event.target instanceof Element && event.target.getAttribute('aria-expanded') === 'true' && event.target.getAttribute('role') === 'combobox') event.preventDefault()
          onEscapeKeyDown?.(event)
        }}
        onCloseAutoFocus={back.onCloseAutoFocus}
      >
        <Origin into={back.from} />
        {children}
        {look !== 'alert' && <CloseButton />}
      </Content>
    </Portal>
  )
})
DialogFrame.displayName = 'DialogFrame'

function CloseButton() {
  const { t } = useTranslation()
  return (
    <Dialog.Close className="absolute end-3 top-3 grid size-8 pointer-coarse:end-1.5 pointer-coarse:top-1.5 pointer-coarse:size-11 place-items-center rounded-md text-muted-foreground transition-colors hover:bg-accent hover:text-foreground">
      <X className="size-4" aria-hidden />
      <span className="sr-only">{t('common.close')}</span>
    </Dialog.Close>
  )
}

/** A dialog's name and the sentence below it; both are read out when it opens. */
export const titleStyles = 'text-base font-semibold tracking-tight'
export const descriptionStyles = 'text-sm text-muted-foreground'
