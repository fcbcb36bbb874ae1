// The other half of `rich.mjs`: a business that sends one of everything, and what goes wrong or is taken back, for pictures and tests.
import { readFileSync } from 'node:fs'
import { cup } from './draw.mjs'
import { inbound, settled } from './rich.mjs'
import { sim, until } from './server.mjs'

const sample = (name) => readFileSync(new URL(`../../crates/cloud-sim/samples/${name}`, import.meta.url))

async function uploaded(api, kind, bytes, type, name) {
  return (await api.post(`/media?kind=${kind}&file_name=${name}`, new Blob([bytes], { type }))).id
}

/** Every kind that can be sent, in the words the API takes: `[type, content]`. */
async function kinds(api) {
  const image = { media_id: await uploaded(api, 'image', cup(), 'image/png', 'cup.png') }
  const video = { media_id: await uploaded(api, 'video', sample('video.mp4'), 'video/mp4', 'roasting.mp4') }
  const voice = { media_id: await uploaded(api, 'audio', sample('voice.ogg'), 'audio/ogg', 'hello.ogg') }
  const paper = { media_id: await uploaded(api, 'document', Buffer.from('Espresso 1 kg   18.50\n'), 'text/plain', 'prices.txt') }
  const sticker = { media_id: await uploaded(api, 'sticker', sample('sticker.webp'), 'image/webp', 'thanks.webp') }
  const card = (index, text, url) => ({ card_index: index, type: 'cta_url', header: { type: 'image', image }, body: { text }, action: { name: 'cta_url', parameters: { display_text: 'Look at it', url } } })
  return [
    ['text', { body: 'Everything about our beans: https://shop.example/beans', preview_url: true }],
    ['image', { ...image, caption: 'Fresh from the roaster' }],
    ['video', { ...video, caption: 'How we roast' }],
    ['audio', { ...voice, voice: true }],
    ['document', { ...paper, caption: 'Our prices', filename: 'prices.txt' }],
    ['sticker', sticker],
    ['location', { latitude: 51.5, longitude: -0.12, name: 'Acme roastery', address: '1 High Street, London' }],
    ['contacts', [{ name: { formatted_name: 'Maya Chen', first_name: 'Maya', last_name: 'Chen' }, phones: [{ phone: '+44 7700 900555', type: 'WORK', wa_id: '447700900555' }], emails: [{ email: 'maya@acme.example', type: 'WORK' }], org: { company: 'Acme Coffee', title: 'Roaster' } }]],
    ['interactive', { type: 'button', header: { type: 'image', image }, body: { text: 'Shall we deliver on Tuesday?' }, footer: { text: 'Acme Coffee' }, action: { buttons: [{ type: 'reply', reply: { id: 'yes', title: 'Yes' } }, { type: 'reply', reply: { id: 'no', title: 'Another day' } }] } }],
    ['interactive', { type: 'list', header: { type: 'text', text: 'Slots' }, body: { text: 'Choose a time' }, footer: { text: 'UK time' }, action: { button: 'See slots', sections: [{ title: 'Tuesday', rows: [{ id: 'slot-3', title: '10:30', description: '30 minutes' }] }, { title: 'Wednesday', rows: [{ id: 'slot-9', title: '14:00' }] }] } }],
    ['interactive', { type: 'cta_url', body: { text: 'Your order is on its way' }, action: { name: 'cta_url', parameters: { display_text: 'Track it', url: 'https://shop.example/track/A-78' } } }],
    ['interactive', { type: 'location_request_message', body: { text: 'Where shall we deliver?' }, action: { name: 'send_location' } }],
    ['interactive', { type: 'flow', body: { text: 'Book a table' }, action: { name: 'flow', parameters: { flow_message_version: '3', flow_id: '660000000000701', flow_cta: 'Book', flow_token: 'booking-17', flow_action: 'navigate', flow_action_payload: { screen: 'TABLES' } } } }],
    ['interactive', { type: 'product', body: { text: 'Back in stock' }, action: { catalog_id: '770000000000801', product_retailer_id: 'beans-1kg' } }],
    ['interactive', { type: 'product_list', header: { type: 'text', text: 'Our coffee' }, body: { text: 'What people buy most' }, action: { catalog_id: '770000000000801', sections: [{ title: 'Beans', product_items: [{ product_retailer_id: 'beans-1kg' }, { product_retailer_id: 'beans-250g' }] }] } }],
    ['interactive', { type: 'catalog_message', body: { text: 'Everything we have' }, action: { name: 'catalog_message', parameters: { thumbnail_product_retailer_id: 'beans-1kg' } } }],
    ['interactive', { type: 'carousel', body: { text: 'New this week' }, action: { cards: [card(0, 'Beans', 'https://shop.example/beans'), card(1, 'Mugs', 'https://shop.example/mugs')] } }],
    ['interactive', { type: 'order_details', body: { text: 'Your order' }, action: { name: 'review_and_pay', parameters: { reference_id: 'A-78', type: 'physical-goods', currency: 'INR', total_amount: { value: 50000, offset: 100 } } } }],
    ['interactive', { type: 'order_status', body: { text: 'News of your order' }, action: { name: 'review_order', parameters: { reference_id: 'A-78', order: { status: 'shipped' } } } }],
    ['interactive', { type: 'call_permission_request', body: { text: 'May we call you about your order?' }, action: { name: 'call_permission_request' } }],
    ['interactive', { type: 'request_contact_info', body: { text: 'For the courier we need your phone number' }, action: { name: 'request_contact_info' } }],
  ]
}

/** Templates with every component, by name: what is approved, and what fills it. */
const TEMPLATES = {
  roast_week: {
    category: 'MARKETING',
    components: [
      { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['4::aW1hZ2U='] } },
      { type: 'BODY', text: 'Hello {{first_name}}, this week {{coffee}} costs a third less.', example: { body_text_named_params: [{ param_name: 'first_name', example: 'Ana' }, { param_name: 'coffee', example: 'Huehuetenango' }] } },
      { type: 'FOOTER', text: 'Reply STOP to opt out' },
      { type: 'BUTTONS', buttons: [{ type: 'COPY_CODE', example: 'ROAST30' }, { type: 'URL', text: 'Open the shop', url: 'https://shop.example/{{1}}', example: ['beans'] }, { type: 'PHONE_NUMBER', text: 'Call us', phone_number: '+447700900555' }, { type: 'QUICK_REPLY', text: 'Not now' }] },
    ],
    parameter_format: 'NAMED',
    fill: (image) => [
      { type: 'header', parameters: [{ type: 'image', image }] },
      { type: 'body', parameters: [{ type: 'text', parameter_name: 'first_name', text: 'Nora' }, { type: 'text', parameter_name: 'coffee', text: 'Huehuetenango' }] },
      { type: 'button', sub_type: 'copy_code', index: '0', parameters: [{ type: 'coupon_code', coupon_code: 'ROAST30' }] },
      { type: 'button', sub_type: 'url', index: '1', parameters: [{ type: 'text', text: 'beans' }] },
    ],
  },
  three_roasts: {
    category: 'MARKETING',
    components: [
      { type: 'BODY', text: 'Three roasts for {{1}}:', example: { body_text: [['Ana']] } },
      { type: 'CAROUSEL', cards: [0, 1].map(() => ({ components: [{ type: 'HEADER', format: 'IMAGE', example: { header_handle: ['4::aW1hZ2U='] } }, { type: 'BODY', text: 'Sweet, with a little cherry' }, { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Tell me more' }] }] })) },
    ],
    fill: (image) => [
      { type: 'body', parameters: [{ type: 'text', text: 'Nora' }] },
      { type: 'carousel', cards: [0, 1].map((card_index) => ({ card_index, components: [{ type: 'header', parameters: [{ type: 'image', image }] }, { type: 'button', sub_type: 'quick_reply', index: '0', parameters: [{ type: 'payload', payload: `more-${card_index}` }] }] })) },
    ],
  },
  last_hours: {
    category: 'MARKETING',
    components: [
      { type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'Ends on Sunday', has_expiration: true } },
      { type: 'BODY', text: 'The last bags of the harvest, {{1}}.', example: { body_text: [['Ana']] } },
      { type: 'BUTTONS', buttons: [{ type: 'COPY_CODE', example: 'LAST' }, { type: 'URL', text: 'Open the shop', url: 'https://shop.example/last' }] },
    ],
    fill: () => [
      { type: 'limited_time_offer', parameters: [{ type: 'limited_time_offer', limited_time_offer: { expiration_time_ms: Date.now() + 2 * 86_400_000 } }] },
      { type: 'body', parameters: [{ type: 'text', text: 'Nora' }] },
      { type: 'button', sub_type: 'copy_code', index: '0', parameters: [{ type: 'coupon_code', coupon_code: 'LAST' }] },
    ],
  },
  where_to: {
    category: 'UTILITY',
    components: [
      { type: 'HEADER', format: 'LOCATION' },
      { type: 'BODY', text: 'Your order is waiting here.' },
    ],
    fill: () => [{ type: 'header', parameters: [{ type: 'location', location: { latitude: '51.5', longitude: '-0.12', name: 'Acme roastery', address: '1 High Street, London' } }] }],
  },
  login_code: {
    fill: () => [
      { type: 'body', parameters: [{ type: 'text', text: '480213' }] },
      { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: '480213' }] },
    ],
  },
}

const DONE = new Set(['accepted', 'sent', 'delivered', 'read', 'played', 'failed', 'unknown'])

/** One person's conversation as the API has it, once it is there. */
export async function conversationWith(api, name) {
  const { items } = await until(() => api.get('/conversations?limit=100'), (page) => page.items.some((one) => one.contact.name === name))
  return items.find((one) => one.contact.name === name)
}

/** Says something in a conversation and waits until WhatsApp has answered, or has not. */
export async function say(api, conversation, type, content, more = {}) {
  const { id } = await api.post(`/conversations/${conversation.id}/messages`, { type, [type]: content, ...more })
  return until(() => api.get(`/messages/${id}`), (message) => DONE.has(message.status), 30_000)
}

/** Sends one of everything to somebody who has just written. */
export async function everythingSent({ api, phone, from, name }) {
  await inbound({ phone_id: phone.id, from, name, type: 'text', text: { body: 'What do you have this week?' } })
  const conversation = await conversationWith(api, name)
  for (const [type, content] of await kinds(api)) await say(api, conversation, type, content)
  return conversation
}

/** Sends templates with every component. */
export async function templatesSent({ api, phone, from, name }) {
  await inbound({ phone_id: phone.id, from, name, type: 'text', text: { body: 'Please keep me posted' } })
  const conversation = await conversationWith(api, name)
  const image = { media_id: await uploaded(api, 'image', cup(), 'image/png', 'cup.png') }
  for (const [template, { components, fill, category, parameter_format = 'POSITIONAL' }] of Object.entries(TEMPLATES)) {
    if (components) await sim('/templates', { waba_id: phone.waba_id, name: template, language: 'en', category, status: 'APPROVED', parameter_format, components })
    await say(api, conversation, 'template', { name: template, language: { code: 'en' }, components: fill(image) })
  }
  return conversation
}

/** What was said and then changed, taken back, passed on, answered and reacted to, by both sides. */
export async function amended({ api, phone, from, name }) {
  const tell = async (content) => {
    const { wamid } = await inbound({ phone_id: phone.id, from, name, ...content })
    await settled()
    return wamid
  }
  const first = await tell({ type: 'text', text: { body: 'Can you deliver on Monday?' } })
  await tell({ type: 'edit', edit: { original_message_id: first, message: { type: 'text', text: { body: 'Can you deliver on Tuesday?' } } } })
  const second = await tell({ type: 'text', text: { body: 'Please forget my address' } })
  await tell({ type: 'revoke', revoke: { original_message_id: second } })
  await tell({ type: 'text', text: { body: 'Free coffee for everybody who passes this on!' }, context: { forwarded: true } })
  await tell({ type: 'image', image: { mime_type: 'image/png', data: cup({ table: [196, 210, 204] }).toString('base64'), caption: 'This one?' }, context: { frequently_forwarded: true } })
  const conversation = await conversationWith(api, name)
  const question = await until(() => api.get(`/conversations/${conversation.id}/messages`), ({ items }) => items.some((one) => one.wamid === first))
  const own = await say(api, conversation, 'text', { body: 'Tuesday it is, before noon.' }, { reply_to: question.items.find((one) => one.wamid === first).id })
  await tell({ type: 'reaction', reaction: { message_id: own.wamid, emoji: '🙏' } })
  await say(api, conversation, 'reaction', { message_id: own.id, emoji: '👍' })
  await tell({ type: 'text', text: { body: 'Is this the one you mean?' }, context: { referred_product: { catalog_id: '770000000000801', product_retailer_id: 'beans-1kg' } } })
  await settled()
  return conversation
}

/** The next message to this person gets no answer, and no status will ever tell of it. */
export const noAnswer = (to) => sim('/faults', { match: { path: '/messages', to }, trigger: { next_n: 1 }, response: { drop: true } })

/** The next message to this person is refused with this code. */
export const refused = (to, code, more = {}) => sim('/faults', { match: { path: '/messages', to }, trigger: { next_n: 1 }, response: { code, ...more } })

/** One of each way in which a message comes to nothing, and one nobody knows about. */
export async function trouble({ api, phone, from, name }) {
  await inbound({ phone_id: phone.id, from, name, type: 'text', text: { body: 'Hello? Is anybody there?' } })
  const conversation = await conversationWith(api, name)
  for (const [code, body] of [[131026, 'Hello! Yes, we are here.'], [131050, 'Have you seen our new roast?'], [131053, 'Here is the picture of it.'], [131049, 'It is a third cheaper this week.']]) {
    await refused(from, code)
    await say(api, conversation, 'text', { body })
  }
  await noAnswer(from)
  await say(api, conversation, 'text', { body: 'Shall I put one aside for you?' })
  return conversation
}

/** WhatsApp tells one thing of each kind about the number and its account. */
export async function accountNews(phone) {
  const told = (field, value) => sim('/webhooks/raw', { field, value, waba_id: phone.waba_id, phone_id: phone.id })
  await sim(`/wabas/${phone.waba_id}/review`, { decision: 'APPROVED' })
  await sim(`/phones/${phone.id}/throughput`, { mps: 1000 })
  await told('phone_number_name_update', { display_phone_number: phone.digits, decision: 'APPROVED', requested_verified_name: 'Acme Coffee Roasters' })
  await told('account_alerts', { entity_type: 'BUSINESS', entity_id: phone.waba_id, alert_info: { alert_severity: 'INFORMATIONAL', alert_status: 'NONE', alert_type: 'OBA_APPROVED', alert_description: 'Your business is now an official business account.' } })
  await sim(`/phones/${phone.id}/pin`, { event: 'PIN_RESET_REQUEST', requester: '42' })
  const { items } = await sim('/templates')
  const template = items.find((one) => one.waba_id === phone.waba_id && one.name === 'spring_offer')
  await sim(`/templates/${template.id}/quality`, { score: 'YELLOW' })
  await sim(`/templates/${template.id}/pause`, {})
  await sim(`/wabas/${phone.waba_id}/violate`, { violation_type: 'SPAM' })
  await settled()
}

/** What else WhatsApp may tell of an account, in every way that a sentence of the timeline can be filled. */
export async function moreNews(phone) {
  const told = (field, value) => sim('/webhooks/raw', { field, value, waba_id: phone.waba_id, phone_id: phone.id })
  await told('phone_number_name_update', { display_phone_number: phone.digits, decision: 'REJECTED', requested_verified_name: 'BEST BEANS!!', rejection_reason: 'NAME_FORMAT_UNACCEPTABLE' })
  await told('phone_number_quality_update', { display_phone_number: phone.digits, event: 'DOWNGRADE', old_limit: 'TIER_10K', current_limit: 'TIER_2K' })
  await told('message_template_status_update', { event: 'REJECTED', message_template_id: 812, message_template_name: 'summer_sale', message_template_language: 'en', reason: 'ABUSIVE_CONTENT' })
  await told('template_category_update', { message_template_id: 813, message_template_name: 'order_news', message_template_language: 'en', previous_category: 'UTILITY', new_category: 'MARKETING' })
  await told('message_template_quality_update', { previous_quality_score: 'GREEN', new_quality_score: 'YELLOW', message_template_id: 812, message_template_name: 'summer_sale', message_template_language: 'en' })
  await told('flows', { event: 'FLOW_STATUS_CHANGE', message: 'Flow 77 was throttled.', flow_id: '77', old_status: 'PUBLISHED', new_status: 'THROTTLED' })
  await told('account_update', { event: 'PARTNER_REMOVED', waba_info: { waba_id: phone.waba_id, owner_business_id: '55' }, disconnection_info: { reason: 'PRIMARY_INACTIVITY', initiated_by: 'SYSTEM' } })
  await told('account_update', { event: 'BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE', country: 'GB' })
  await told('account_update', { event: 'VOLUME_BASED_PRICING_TIER_UPDATE', volume_tier_info: { pricing_category: 'UTILITY', tier: '0:750000', effective_month: '2026-11', region: 'United Kingdom' } })
  await told('business_capability_update', { max_daily_conversation_per_phone: 2000, max_phone_numbers_per_business: 25 })
  await settled()
}

/** What webhooks brought and nothing has a place for. */
export async function unplaced(phone) {
  const told = (field, value) => sim('/webhooks/raw', { field, value, waba_id: phone.waba_id, phone_id: phone.id })
  await told('tracking_events', { event: 'link_clicked', url: 'https://shop.example/beans' })
  await told('tracking_events', { event: 'link_clicked', url: 'https://shop.example/mugs' })
  await told('group_lifecycle_update', { groups: [{ group_id: '120363', action: 'created' }] })
  await settled()
}

/** Connects a new simulated number, on an account of its own, and waits until its webhook is there. */
export async function connect({ api, name }) {
  const made = await sim('/provision', { verified_name: name, waba_name: name })
  const { app_id, phone_number_id, waba_id, access_token, app_secret, verify_token } = made
  const channel = await api.post('/channels', { kind: 'simulated', name, phone_number_id, waba_id, access_token, app_secret, verify_token })
  await sim(`/apps/${app_id}`, { callback_url: channel.webhook_url }, 'PATCH')
  const test = await api.post(`/channels/${channel.id}/test`)
  if (!test.ok) throw new Error(`the number ${name} does not work: ${JSON.stringify(test)}`)
  return channel
}

/** A number that WhatsApp does not let send, and somebody who waits for its answer. */
export async function heldNumber({ api, name, from, person }) {
  const channel = await connect({ api, name })
  await inbound({ phone_id: channel.phone_number_id, from, name: person, type: 'text', text: { body: 'Are you open tonight?' } })
  const conversation = await conversationWith(api, person)
  await refused(from, 131031)
  await say(api, conversation, 'text', { body: 'Yes, until ten.' })
  return { channel, conversation }
}

/** A number that may only answer, and somebody whom it answers. */
export async function restrictedNumber({ api, name, from, person }) {
  const channel = await connect({ api, name })
  await inbound({ phone_id: channel.phone_number_id, from, name: person, type: 'text', text: { body: 'Is there a tasting this week?' } })
  const conversation = await conversationWith(api, person)
  await sim(`/wabas/${channel.waba_id}/restrict`, { seconds: 3 * 86_400 })
  await until(() => api.get(`/channels/${channel.id}`), ({ restricted }) => restricted)
  return { channel, conversation }
}

/** Somebody who was written to and has never written: no window is open. */
export async function neverWrote({ api, phone, to, name }) {
  await api.post('/contacts', { name, phone: `+${to}` })
  const { items } = await api.get('/channels')
  const channel_id = items.find((one) => one.phone_number_id === phone.id).id
  await api.post('/messages', { channel_id, to: { phone: `+${to}` }, type: 'template', template: { name: 'hello_world', language: { code: 'en_US' } } })
  return conversationWith(api, name)
}
