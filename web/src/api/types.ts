/** Names the screens use for the generated shapes, so a regenerated schema is absorbed in one place. */
import type { components } from './schema'

type Schemas = components['schemas']

export type Session = Schemas['Session']
export type Tenant = Schemas['Tenant']
export type Permission = Schemas['Permission']
export type ModuleSwitch = Schemas['Module']
export type ApiKey = Schemas['ApiKey']
export type ApiKeyCreated = Schemas['ApiKeyCreated']
export type ApiKeyIn = Schemas['ApiKeyIn']
export type Contact = Schemas['Contact']
export type ContactIn = Schemas['ContactIn']
export type Tag = Schemas['Tag']
export type Channel = Schemas['Channel']
export type ChannelIn = Schemas['ChannelIn']
export type ChannelPatch = Schemas['ChannelPatch']
export type ChannelTest = Schemas['ConnectionTest']
export type Template = Schemas['ChannelTemplate']
export type Message = Schemas['Message']
export type MessageIn = Schemas['MessageIn']
export type ReplyIn = Schemas['ReplyIn']
export type Conversation = Schemas['Conversation']
export type WebhookEvent = Schemas['WebhookEvent']
export type AccountEvent = Schemas['AccountEvent']
export type WebhookSummary = Schemas['WebhookEventSummary']
export type Media = Schemas['Media']
export type Sentence = Schemas['Sentence']
export type SentenceParam = Schemas['SentenceParam']
export type MessageStatus = Schemas['MessageStatus']

export interface Page<T> {
  items: T[]
  next?: string
}

/** GET /api/config: what may be known before anyone has signed in. */
export interface PublicConfig {
  brand: { name: string }
  simulator: boolean
  demo_logins?: { email: string; password: string; label: string }[]
  version: string
}
