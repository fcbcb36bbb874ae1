// A customer who sends one of everything, through the simulator's control API: for the pictures and for the tests.
import { sim, until } from './server.mjs'

/**
 * The simulated number with this name, the first when none is named. A server that has just begun is waited for: what is written
 * before the account's webhook is subscribed reaches nobody, as with WhatsApp.
 */
export async function simPhone(name) {
  const subscribed = ({ phones, wabas }) => {
    const all = Object.values(phones)
    const found = name ? all.find((p) => p.verified_name === name) : all[0]
    const account = found && Object.values(wabas).find((w) => w.id === found.waba_id)
    return account && Object.keys(account.subscriptions).length > 0 ? found : undefined
  }
  return subscribed(await until(() => sim('/state'), subscribed))
}

/** What each kind brings, in WhatsApp's own form. */
const KINDS = [
  { type: 'text', text: { body: 'Hi! I saw your *summer offer* and have a few questions.' }, referral: { source_url: 'https://example.com/summer', source_type: 'ad', source_id: '120', headline: 'Two bags for one', body: 'Only this week, in every shop.', media_type: 'image', ctwa_clid: 'ARx' } },
  { type: 'image', image: { caption: 'Is it this one?' } },
  { type: 'video', video: { caption: 'How it arrived' } },
  { type: 'audio', audio: { voice: true } },
  { type: 'document', document: { filename: 'order-A-77.pdf', caption: 'The invoice' } },
  { type: 'sticker', sticker: {} },
  { type: 'location', location: { latitude: 51.50735, longitude: -0.12776, name: 'Harbour gate 4', address: '1 Quay Road, London' } },
  { type: 'contacts', contacts: [{ name: { formatted_name: 'Lena Fischer', first_name: 'Lena' }, phones: [{ phone: '+49 151 5550 1234', type: 'WORK' }], emails: [{ email: 'lena@example.com', type: 'WORK' }], org: { company: 'Fischer GmbH', title: 'Buyer' } }] },
  { type: 'button', button: { text: 'Yes, please', payload: 'yes' } },
  { type: 'interactive', interactive: { type: 'list_reply', list_reply: { id: 'slot-3', title: 'Tuesday 10:30', description: '30 minutes' } } },
  { type: 'interactive', interactive: { type: 'nfm_reply', nfm_reply: { name: 'flow', body: 'Sent', response_json: JSON.stringify({ flow_token: 't', screen_0_First_name_0: 'Ana', screen_0_Guests_1: '2', screen_1_Extras_0: ['0_Late_checkout', '1_Breakfast'] }) } } },
  { type: 'order', order: { catalog_id: '1', text: 'Ground, please', product_items: [{ product_retailer_id: 'espresso-1kg', quantity: 2, item_price: 18.5, currency: 'GBP' }, { product_retailer_id: 'filter-papers', quantity: 1, item_price: 4.2, currency: 'GBP' }] } },
  { type: 'unsupported', errors: [{ code: 131051, title: 'Message type unknown', message: 'Message type unknown', error_data: { details: 'Message type is currently not supported.' } }] },
  // Not a new number: the simulated person would move to it, and what is sent to the old one afterwards would fail.
  { type: 'system', system: { body: 'Security code changed', type: 'customer_identity_changed' } },
]

/** Writes all of it, in order, and gives the ids by kind. */
export async function everything({ phoneId, from, name }) {
  const ids = {}
  for (const kind of KINDS) {
    const { wamid } = await sim('/inbound', { phone_id: phoneId, from, name, ...kind })
    ids[kind.type] = wamid
    await settled()
  }
  await sim('/inbound', { phone_id: phoneId, from, name, type: 'reaction', reaction: { message_id: ids.image, emoji: '❤️' } })
  const { wamid } = await sim('/inbound', { phone_id: phoneId, from, name, type: 'text', text: { body: 'And can you send it to the place above?' }, context: { message_id: ids.location } })
  ids.reply = wamid
  await settled()
  return ids
}

export const inbound = (body) => sim('/inbound', body)

/** Until what was written has been delivered to the platform. */
export const settled = () => until(() => sim('/health'), (health) => health.settled)
