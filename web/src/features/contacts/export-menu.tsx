import { Download, FileSpreadsheet, FileText, LoaderCircle } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { type ContactFilter, type ExportFormat, useExportContacts } from '@/api/contacts'
import { Button } from '@/components/ui/button'
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from '@/components/ui/dropdown-menu'
import { toastError } from '@/lib/errors'

/** Downloads what the list shows. */
export function ExportMenu({ filter }: { filter: ContactFilter }) {
  const { t } = useTranslation()
  const download = useExportContacts()
  const run = (format: ExportFormat) => download.mutate({ ...filter, format }, { onError: toastError })
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="outline" disabled={download.isPending}>
          {download.isPending ? <LoaderCircle className="animate-spin" aria-hidden /> : <Download aria-hidden />}
          {t('contacts.export')}
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        <DropdownMenuItem onSelect={() => run('csv')}><FileText aria-hidden />{t('contacts.exportCsv')}</DropdownMenuItem>
        <DropdownMenuItem onSelect={() => run('xlsx')}><FileSpreadsheet aria-hidden />{t('contacts.exportXlsx')}</DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  )
}
