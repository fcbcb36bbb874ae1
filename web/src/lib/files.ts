import type { Media } from '@/api/media'
import { type Carried, inner, safeLink } from './content'
import { say } from './said'
import type { Shown } from './shown'
import { text } from './utils'

/** The file of a message as a bubble sees it: there, on its way, or not to be had. */
export interface FileView {
  state: 'ready' | 'waiting' | 'failed'
  url?: string
  name?: string
  mime?: string
  size?: number
  reason?: string
  /** Our own id of it: what to ask again by. Absent for files that are only a link. */
  id?: string
  /** Until when WhatsApp can be asked for it once more. */
  until?: string
}

/** A file named inside a message, on a card or in a header: by a link, by our id, or by WhatsApp's, which only the simulator's phone can show. */
export function namedFile(part: Record<string, unknown>, inSimulator = false): FileView {
  const id = text(part.media_id) ?? text(part.id)
  const ours = id?.startsWith('med_') === true
  return {
    state: 'ready',
    url: safeLink(part.link) ?? (id && !ours && inSimulator ? `/_sim/media/${encodeURIComponent(id)}` : undefined),
    name: text(part.filename),
    id: ours ? id : undefined,
  }
}

export interface WithFile extends Carried {
  media?: Media
  /** A file that is still being sent is shown from this browser's own copy. */
  local_url?: string
  /** A template as it was when it was sent. */
  shown?: Shown
}

/** `inSimulator`: the simulator's phone shows the file that Meta's side holds, by WhatsApp's id. */
export function fileOf(message: WithFile, inSimulator = false): FileView {
  const body = inner(message)
  const media = message.media
  const name = text(body.filename) ?? media?.file_name
  if (message.local_url) return { state: 'ready', url: message.local_url, name, mime: media?.mime, size: media?.size }
  if (media) return { state: media.state, url: media.url, name, mime: media.mime, size: media.size, reason: media.reason && say(media.reason_terms, media.reason), id: media.id, until: media.direction === 'inbound' ? media.whatsapp_until : undefined }
  const link = safeLink(body.link)
  if (link) return { state: 'ready', url: link, name: name ?? lastPart(link), mime: text(body.mime_type) }
  const id = text(body.id)
  if (id && inSimulator) return { state: 'ready', url: `/_sim/media/${encodeURIComponent(id)}`, name, mime: text(body.mime_type) }
  return { state: 'ready', name, mime: text(body.mime_type) }
}

function lastPart(link: string) {
  try {
    const last = new URL(link).pathname.split('/').pop()
    return last ? decodeURIComponent(last) : undefined
  } catch {
    return undefined
  }
}

export type FileKind = 'pdf' | 'sheet' | 'text' | 'slides' | 'archive' | 'image' | 'video' | 'audio' | 'other'

/** What the icon of a document says, from its type or else its name. */
export function fileKind(mime: string | undefined, name: string | undefined): FileKind {
  const type = (mime ?? '').split(';')[0]?.trim() ?? ''
  const extension = /\.([a-z0-9]{1,5})$/i.exec(name ?? '')?.[1]?.toLowerCase() ?? ''
  if (type === 'application/pdf' || extension === 'pdf') return 'pdf'
  if (/sheet|excel|csv/.test(type) || ['xls', 'xlsx', 'csv', 'ods'].includes(extension)) return 'sheet'
  if (/presentation|powerpoint/.test(type) || ['ppt', 'pptx', 'odp'].includes(extension)) return 'slides'
  if (/word|^text\/|opendocument\.text/.test(type) || ['doc', 'docx', 'txt', 'odt', 'md'].includes(extension)) return 'text'
  if (/zip|compressed|tar|rar|7z/.test(type) || ['zip', 'rar', '7z', 'gz', 'tar'].includes(extension)) return 'archive'
  if (type.startsWith('image/')) return 'image'
  if (type.startsWith('video/')) return 'video'
  if (type.startsWith('audio/')) return 'audio'
  return 'other'
}

const KB = 1024
const MB = 1024 * KB

export type MediaKind = 'image' | 'video' | 'audio' | 'document' | 'sticker'

/** Usual names of a type, and the one that WhatsApp knows. They only suggest a kind: what WhatsApp takes, the server says, which sees the bytes. */
const ALIASES: Record<string, string> = {
  'image/jpg': 'image/jpeg', 'image/pjpeg': 'image/jpeg', 'image/jfif': 'image/jpeg', 'image/x-png': 'image/png',
  'audio/x-m4a': 'audio/mp4', 'audio/m4a': 'audio/mp4', 'audio/x-mp4': 'audio/mp4',
  'audio/mp3': 'audio/mpeg', 'audio/x-mp3': 'audio/mpeg', 'audio/x-mpeg': 'audio/mpeg', 'audio/mpeg3': 'audio/mpeg', 'audio/mpg': 'audio/mpeg',
  'audio/opus': 'audio/ogg', 'audio/x-ogg': 'audio/ogg', 'application/ogg': 'audio/ogg',
  'audio/x-aac': 'audio/aac', 'audio/aacp': 'audio/aac', 'audio/vnd.dlna.adts': 'audio/aac', 'audio/x-amr': 'audio/amr',
  'video/x-m4v': 'video/mp4', 'video/m4v': 'video/mp4', 'video/3gp': 'video/3gpp', 'video/3gpp2': 'video/3gpp',
  'application/x-pdf': 'application/pdf',
}

/** For files of which the browser does not know the type. */
const ENDINGS: Record<string, string> = {
  jpg: 'image/jpeg', jpeg: 'image/jpeg', png: 'image/png', webp: 'image/webp',
  m4a: 'audio/mp4', mp3: 'audio/mpeg', ogg: 'audio/ogg', oga: 'audio/ogg', opus: 'audio/ogg', aac: 'audio/aac', amr: 'audio/amr',
  mp4: 'video/mp4', m4v: 'video/mp4', '3gp': 'video/3gpp',
}

/** What WhatsApp takes, by kind (Cloud API: media). A document may be what any other kind is, within that kind's limit. */
export const MEDIA_RULES: Record<MediaKind, { max: number; types?: readonly string[]; accept?: string }> = {
  image: { max: 5 * MB, types: ['image/jpeg', 'image/png'], accept: 'image/jpeg,image/png' },
  video: { max: 16 * MB, types: ['video/mp4', 'video/3gpp'], accept: 'video/mp4,video/3gpp,.mp4,.m4v,.3gp' },
  audio: { max: 16 * MB, types: ['audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4', 'audio/ogg'], accept: 'audio/aac,audio/amr,audio/mpeg,audio/mp4,audio/ogg,.m4a,.mp3,.ogg,.oga,.opus,.aac,.amr' },
  document: { max: 100 * MB },
  sticker: { max: 500 * KB, types: ['image/webp'], accept: 'image/webp' },
}

/** A file as the browser knows it. */
interface Picked {
  type: string
  size: number
  name?: string
}

function typeOf(file: Picked) {
  const type = file.type.split(';')[0]?.trim().toLowerCase() ?? ''
  const ending = /\.([a-z0-9]{1,5})$/i.exec(file.name ?? '')?.[1]?.toLowerCase() ?? ''
  if (!type || type === 'application/octet-stream') return ENDINGS[ending] ?? ''
  return ALIASES[type] ?? type
}

/** As what a dropped or pasted file is best sent: what WhatsApp does not take as a picture goes as a document. */
export function kindOf(file: Picked): MediaKind {
  const type = typeOf(file)
  if (type === 'image/webp') return file.size <= MEDIA_RULES.sticker.max ? 'sticker' : 'document'
  for (const kind of ['image', 'video', 'audio'] as const) if (MEDIA_RULES[kind].types?.includes(type) && file.size <= MEDIA_RULES[kind].max) return kind
  return 'document'
}

/** A picture, video or sound that goes as a document is held to the limit of its own kind. */
function documentLimit(type: string) {
  const kind = (['image', 'video', 'audio', 'sticker'] as const).find((kind) => MEDIA_RULES[kind].types?.includes(type))
  return MEDIA_RULES[kind ?? 'document'].max
}

export type FileProblem = { problem: 'empty' } | { problem: 'size'; max: number; size: number }

/** Whether a file's size already rules out sending it as this kind; undefined when it does not. The server judges the type. */
export function checkFile(file: Picked, kind: MediaKind): FileProblem | undefined {
  const max = kind === 'document' ? documentLimit(typeOf(file)) : MEDIA_RULES[kind].max
  if (file.size === 0) return { problem: 'empty' }
  if (file.size > max) return { problem: 'size', max, size: file.size }
  return undefined
}
