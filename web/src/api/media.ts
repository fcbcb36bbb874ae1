import type { MediaKind } from '@/lib/files'
import { api, data } from './client'
import type { Schemas } from './schemas'
import { upload } from './upload'

export type Media = Schemas['Media']

export const fetchMedia = (id: string): Promise<Media> => data(api.GET('/media/{media_id}', { params: { path: { media_id: id } } }))

/** Asks WhatsApp again for a file that could not be fetched. */
export const fetchMediaAgain = (id: string): Promise<Media> => data(api.POST('/media/{media_id}/fetch', { params: { path: { media_id: id } } }))

/** Takes a file to the server; `onProgress` from 0 to 1. `tenant`: another than the current one. */
export const uploadMedia = (file: Blob, kind: MediaKind, name: string | undefined, onProgress?: (done: number) => void, signal?: AbortSignal, tenant?: string): Promise<Media> =>
  upload<Media>(`/media?kind=${kind}${name ? `&file_name=${encodeURIComponent(name.slice(-255))}` : ''}`, file, { onProgress, signal, tenant })
