import { useTranslation } from 'react-i18next'
import type { FileProblem, MediaKind } from '@/lib/files'
import { formatSize } from '@/lib/format'

/** Why a file cannot go, and as what it could. */
export function useFileProblem() {
  const { t } = useTranslation()
  return (problem: FileProblem, kind: MediaKind) => {
    switch (problem.problem) {
      case 'empty':
        return t('composer.fileEmpty')
      case 'size':
        return t('composer.fileSize', { kind: t(`kinds.${kind}`), max: formatSize(problem.max), size: formatSize(problem.size) })
      case 'type':
        return t(`composer.fileType.${kind}`, { defaultValue: t('composer.fileType.document') })
    }
  }
}
