import { useTranslation } from 'react-i18next'
import { Toaster as Sonner } from 'sonner'
import { useTheme } from '@/lib/theme'

export function Toaster() {
  const theme = useTheme()
  const { i18n, t } = useTranslation()
  return (
    <Sonner
      theme={theme}
      dir={i18n.dir()}
      position={i18n.dir() === 'rtl' ? 'bottom-left' : 'bottom-right'}
      containerAriaLabel={t('common.notifications')}
      toastOptions={{ className: 'font-sans' }}
      style={{ '--normal-bg': 'var(--popover)', '--normal-text': 'var(--popover-foreground)', '--normal-border': 'var(--border)', '--border-radius': 'var(--radius-lg)' } as React.CSSProperties}
    />
  )
}
