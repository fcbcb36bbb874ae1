import { useTranslation } from 'react-i18next'
import { Button } from './ui/button'

interface SaveBarProps {
  /** Something in the form is not saved. */
  dirty: boolean
  loading?: boolean
  onDiscard: () => void
}

/** The one bar that saves a settings page, at its foot while something is unsaved. It belongs into the form. */
export function SaveBar({ dirty, loading, onDiscard }: SaveBarProps) {
  const { t } = useTranslation()
  return (
    <div role="status" className="pointer-events-none sticky bottom-0 z-10">
      {dirty && (
        <div className="pointer-events-auto mt-6 mb-4 flex flex-wrap items-center gap-2 rounded-xl border bg-popover px-4 py-2.5 shadow-lg">
          <p className="me-auto text-[0.8125rem] font-medium">{t('leave.unsaved')}</p>
          <Button variant="ghost" size="sm" onClick={onDiscard} disabled={loading}>{t('leave.discard')}</Button>
          <Button type="submit" size="sm" loading={loading}>{t('common.save')}</Button>
        </div>
      )}
    </div>
  )
}
