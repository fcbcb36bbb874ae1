import { tenantId } from '@/api/tenant'
import { readStored, writeStored } from '@/lib/stored'
import { formSchema, newId, type TemplateForm } from './form'
import { z } from '@/lib/zod'

/** What is typed, kept in this browser as well: it survives a reload, a crash and a lost connection. Of this tenant only. */

const schema = z.object({
  values: formSchema,
  /** The draft on the server and its version that the values are based on. */
  draft: z.string().optional(),
  version: z.number(),
  /** There is something in it that the server does not have. */
  dirty: z.boolean(),
})
export type Kept = z.infer<typeof schema>

const keyOf = (place: string) => `wapro.template.${tenantId() ?? ''}.${place}`
export const placeOfDraft = (id: string) => `draft:${id}`

export const keep = (place: string, kept: Kept) => writeStored(keyOf(place), JSON.stringify(kept))
export const forget = (place: string) => writeStored(keyOf(place), undefined)

export function kept(place: string): Kept | undefined {
  try {
    const found = schema.safeParse(JSON.parse(readStored(keyOf(place)) ?? ''))
    return found.success ? { ...found.data, values: renewed(found.data.values) } : undefined
  } catch {
    return undefined
  }
}

/** Ids of buttons begin anew with each page. */
const renewed = (values: TemplateForm): TemplateForm => ({ ...values, buttons: values.buttons.map((button) => ({ ...button, id: newId() })) })
