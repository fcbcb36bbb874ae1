// Many conversations and long threads, as WhatsApp's webhooks bring them: for the benchmark and for the tests of lists.
import { settled } from './rich.mjs'
import { sim, until } from './server.mjs'

/** Messages in one webhook. */
const AT_ONCE = 200

const WORDS = ['When do you open tomorrow?', 'Thank you!', 'Is the Huehuetenango back in stock?', 'I would like to change my order: two bags instead of one, ground for a moka pot, please.', '👍', 'هل يمكنني الاستلام غدًا؟', 'The parcel arrived, but one of the cups is broken. What shall I do?\nIt was packed well, so it must have happened before.', 'Perfect']

/** What somebody says, by number: long and short. */
export const wordsOf = (i) => `${i} ${WORDS[i % WORDS.length]}`

/**
 * Sends webhooks with these messages: `{ from, name, body, at }`, `at` in seconds since 1970, oldest first. `waiting` is called between
 * webhooks with how many were sent.
 */
export async function receive(phone, messages, waiting = () => undefined) {
  for (let i = 0; i < messages.length; i += AT_ONCE) {
    const some = messages.slice(i, i + AT_ONCE)
    const people = new Map(some.map(({ from, name }) => [from, { profile: { name }, wa_id: from }]))
    const value = {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: phone.display_phone_number.replace(/\D/g, ''), phone_number_id: phone.id },
      contacts: [...people.values()],
      messages: some.map(({ from, body, at }, n) => ({ from, id: `wamid.${from}.${at}.${i + n}`, timestamp: String(at), type: 'text', text: { body } })),
    }
    await sim('/webhooks/raw', { field: 'messages', value, waba_id: phone.waba_id })
    await settled()
    waiting(i + some.length)
  }
}

/** One message from each of so many people: as many conversations, the first the oldest. */
export const manyPeople = (count, { prefix = '4479', name = 'Customer', until: end = Math.floor(Date.now() / 1000) } = {}) =>
  Array.from({ length: count }, (_, i) => ({ from: `${prefix}${String(i).padStart(6, '0')}`, name: `${name} ${i}`, body: wordsOf(i), at: end - (count - i) * 2 }))

/** So many messages from one person, half a minute apart, the last at `until`. */
export const longThread = (count, { from, name, until: end = Math.floor(Date.now() / 1000) }) => Array.from({ length: count }, (_, i) => ({ from, name, body: wordsOf(i), at: end - (count - i) * 30 }))

/** Until the inbox has this conversation with this line. */
export const arrived = (api, name, words) => until(() => api.get(`/conversations?search=${encodeURIComponent(name)}&limit=5`), ({ items }) => items.some((c) => c.preview.includes(words)), 120_000)
