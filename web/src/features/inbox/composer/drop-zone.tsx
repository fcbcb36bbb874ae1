import { FileUp } from 'lucide-react'
import { type MutableRefObject, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

/** Files dragged over the conversation are taken by it; dropped elsewhere they would replace the page. */
export function DropZone({ dropped }: { dropped: MutableRefObject<((files: File[]) => void) | undefined> }) {
  const { t } = useTranslation()
  const [over, setOver] = useState(false)
  const depth = useRef(0)
  const mark = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    const pane = mark.current?.parentElement
    if (!pane) return
    const files = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true
    const enter = (event: DragEvent) => {
      if (!files(event)) return
      depth.current++
      setOver(true)
    }
    const leave = (event: DragEvent) => {
      if (!files(event)) return
      depth.current = Math.max(0, depth.current - 1)
      if (depth.current === 0) setOver(false)
    }
    const hover = (event: DragEvent) => files(event) && event.preventDefault()
    const drop = (event: DragEvent) => {
      if (!files(event)) return
      event.preventDefault()
      depth.current = 0
      setOver(false)
      dropped.current?.([...(event.dataTransfer?.files ?? [])])
    }
    pane.addEventListener('dragenter', enter)
    pane.addEventListener('dragleave', leave)
    pane.addEventListener('dragover', hover)
    pane.addEventListener('drop', drop)
    return () => {
      pane.removeEventListener('dragenter', enter)
      pane.removeEventListener('dragleave', leave)
      pane.removeEventListener('dragover', hover)
      pane.removeEventListener('drop', drop)
    }
  }, [dropped])
  return (
    <>
      <span ref={mark} hidden />
      {over && (
        <div className="pointer-events-none absolute inset-2 z-20 grid place-items-center rounded-xl border-2 border-dashed border-primary bg-card/90">
          <p className="flex items-center gap-2 font-medium"><FileUp className="size-5 text-primary" aria-hidden />{t('composer.drop')}</p>
        </div>
      )}
    </>
  )
}
