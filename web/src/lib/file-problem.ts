import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '@/api/error'
import { describeError } from '@/lib/errors'
import type { FileProblem, MediaKind } from '@/lib/files'
import { formatSize } from '@/lib/format'

/** Whether the server refused the file itself: sending the same one again would end the same way. */
export const isRefused = (error: unknown) => error instanceof ApiError && (error.code === 'media_type' || error.code === 'too_large')

/** Why the server did not take a file. Its English names the type that it found; other languages say what the kind may be. */
export function useUploadProblem() {
  const { t, i18n } = useTranslation()
  return useCallback(
    (error: unknown, kind: MediaKind) => (error instanceof ApiError && error.code === 'media_type' && i18n.language !== 'en' ? t(`files.type.${kind}`) : describeError(error)),
    [t, i18n],
  )
}

/** Why a file cannot go. */
export function useFileProblem() {
  const { t } = useTranslation()
  return (problem: FileProblem, kind: MediaKind) => {
    switch (problem.problem) {
      case 'empty':
        return t('files.empty')
      case 'size':
        return t('files.tooLarge', { kind: t(`kinds.${kind}`), max: formatSize(problem.max), size: formatSize(problem.size) })
    }
  }
}
