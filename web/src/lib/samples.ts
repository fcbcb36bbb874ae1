import type { TemplateSource } from './shown'
import { list, record, text } from './utils'

/**
 * Pictures and videos that were uploaded in this window as samples of headers. WhatsApp shows a sample back only after a while, and under
 * an address of its own that is not loaded here.
 */
const MOST = 20
/** By the upload's handle, and by the id of the template that was submitted with it; the oldest first. */
const urls = new Map<string, string>()

const headerOf = ({ components }: TemplateSource) => components.map(record).find(({ type }) => text(type)?.toUpperCase() === 'HEADER')
const handleOf = (template: TemplateSource) => text(list(record(headerOf(template)?.example).header_handle)[0])

/** Keeps a file that was uploaded; of many the oldest is let go. */
export function keepSample(handle: string, file: Blob) {
  urls.set(handle, URL.createObjectURL(file))
  const used = () => new Set(urls.values())
  while (used().size > MOST) {
    const [oldest] = urls.values()
    if (oldest === undefined) return
    for (const [key, url] of urls) if (url === oldest) urls.delete(key)
    URL.revokeObjectURL(oldest)
  }
}

/** The sample goes on under the id of the template that was submitted with it. */
export function keepSampleOf(id: string, template: TemplateSource) {
  const url = urls.get(handleOf(template) ?? '')
  if (url) urls.set(id, url)
  else urls.delete(id)
}

/** Own addresses of a template's sample, for the phone. */
export function sampleFiles(template: TemplateSource & { id?: string }): Record<string, string> | undefined {
  const handle = handleOf(template)
  if (!handle) return undefined
  // What WhatsApp reads back is an address: it is of what was submitted last.
  const url = urls.get(handle) ?? (/^https?:/i.test(handle) && template.id ? urls.get(template.id) : undefined)
  return url === undefined ? undefined : { header_media: url }
}
