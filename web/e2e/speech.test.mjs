// An Arabic reader's walk through what goes wrong: whatever the server has to say is said in Arabic. English is left only in names,
// numbers and WhatsApp's own words, which stand isolated.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { BASE_URL, demoLogins, open, signIn } from '../scripts/browser.mjs'
import { settled } from '../scripts/rich.mjs'
import { apiOf, sim, until } from '../scripts/server.mjs'
import { accountNews, conversationWith, heldNumber, moreNews, noAnswer, refused, restrictedNumber, say } from '../scripts/stage.mjs'

const stamp = Date.now().toString().slice(-7)
const digits = stamp.padStart(8, '0')
const people = { held: { person: `Omar ${stamp}`, from: `4473${digits}` }, restricted: { person: `Rana ${stamp}`, from: `4474${digits}` } }
const lines = { held: `Late line ${stamp}`, restricted: `Fair line ${stamp}` }
const channels = []
let browser
let page
let api

/** Latin words in these, outside of names and other people's words: those are in elements or characters that isolate them. */
const latin = (where) =>
  where.evaluateAll((all) =>
    all.flatMap((element) => {
      const copy = element.cloneNode(true)
      copy.querySelectorAll('bdi, code, pre, kbd, [data-raw], .font-mono').forEach((foreign) => foreign.remove())
      return copy.textContent.replace(/\u2068[^\u2069]*\u2069/g, ' ').match(/[A-Za-z_]{2,}/g) ?? []
    }),
  )

async function isArabic(where, atLeast = 1) {
  await where.nth(atLeast - 1).waitFor()
  const text = (await where.allTextContents()).join(' ')
  assert.match(text, /[\u0600-\u06ff]{3,}/, 'there is Arabic in it')
  assert.deepEqual(await latin(where), [], text)
}

async function openConversation(person) {
  await page.goto(`${BASE_URL}/inbox`)
  await page.locator('[data-conversation]').filter({ hasText: person }).click()
  await page.locator('[data-message]').last().waitFor()
}

before(async () => {
  const { logins } = await demoLogins()
  api = apiOf(logins[0])
  const held = await heldNumber({ api, name: lines.held, ...people.held })
  const restricted = await restrictedNumber({ api, name: lines.restricted, ...people.restricted })
  channels.push(held.channel, restricted.channel)
  // One of each way in which a message fails: a code, a code that nobody documents, no answer, and a reason of our own.
  const { conversation } = restricted
  for (const [code, body] of [[131026, 'Hello'], [131050, 'News'], [199_999, 'Odd']]) {
    await refused(people.restricted.from, code)
    await say(api, conversation, 'text', { body })
  }
  await noAnswer(people.restricted.from)
  await say(api, conversation, 'text', { body: 'In doubt' })
  const phone = await sim(`/phones/${held.channel.phone_number_id}`)
  await accountNews(phone)
  await moreNews(phone)
  await settled()
  browser = await open({ viewport: { width: 1360, height: 900 } })
  await browser.context.addInitScript(() => localStorage.setItem('wapro.language', 'ar'))
  page = browser.context.pages()[0] ?? (await browser.context.newPage())
  await signIn(page, logins[0])
  await page.locator('html[lang=ar][dir=rtl]').waitFor()
})
after(async () => {
  await browser?.close()
  for (const channel of channels) await api.delete(`/channels/${channel.id}`)
})

describe('in Arabic', () => {
  it('the lines above the conversations say which numbers are held or restricted', async () => {
    await page.goto(`${BASE_URL}/inbox`)
    await isArabic(page.locator('[data-held-line]'), 2)
    await page.locator('[data-held-line]').filter({ hasText: lines.restricted }).filter({ hasText: 'الردود فقط' }).waitFor()
  })

  it('a held number says why, in its conversation and with its details', async () => {
    await openConversation(people.held.person)
    await page.locator('[data-held=held] summary').click()
    await isArabic(page.locator('[data-held]'))
    await page.locator('[data-held]').getByText('أوقف واتساب الحساب').waitFor()
    // What WhatsApp said literally is there, as a quotation.
    await page.locator('[data-held]').getByText('Business account has been locked').waitFor()
    await isArabic(page.locator('[data-failure]'))
  })

  it('every failed message says why and what to do, and so does one in doubt', async () => {
    await openConversation(people.restricted.person)
    await page.locator('[data-undecided]').waitFor()
    for (const summary of await page.locator('[data-failure] summary').all()) await summary.click()
    await isArabic(page.locator('[data-failure]'), 3)
    await isArabic(page.locator('[data-undecided]'))
    await page.locator('[data-failure]').getByText('لا يريد هذا الشخص رسائل تسويقية منك').waitFor()
    await page.locator('[data-failure]').getByText('رفض واتساب ذلك لسبب غير موثّق').waitFor()
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth))
  })

  it('a template that a restricted number may not send is refused in words', async () => {
    const conversation = await conversationWith(api, people.restricted.person)
    const sent = api.post(`/conversations/${conversation.id}/messages`, { type: 'template', template: { name: 'hello_world', language: { code: 'en_US' } } })
    await assert.rejects(sent, /number_restricted/)
    await page.locator('main section button:has(.lucide-layout-template)').last().click()
    await page.locator('[role=dialog] ul li button:enabled').filter({ hasText: 'hello_world' }).click()
    await page.locator('[role=dialog] button[type=submit], [role=dialog] footer button, [role=dialog] button:has(.lucide-send-horizontal)').last().click()
    await page.getByText('القوالب مرفوضة حاليًا').first().waitFor()
  })

  it('the cards of the numbers say what stops them and until when, and a test says what it found', async () => {
    const numberPage = async (name) => {
      await page.goto(`${BASE_URL}/settings/numbers`)
      await page.getByRole('link', { name }).click()
      await page.getByRole('heading', { name, exact: true }).waitFor()
    }
    await numberPage(lines.restricted)
    await isArabic(page.locator('main [data-held]'))
    await page.locator('main [data-held]').getByText('لا يمكنه بدء المحادثات مع الناس حتى').waitFor()
    await numberPage(lines.held)
    await isArabic(page.locator('main [data-held]'))
    const card = page.locator('main')
    await card.locator('button:has(.lucide-stethoscope)').click()
    const checks = card.locator('[data-checks] li')
    await isArabic(checks, 5)
    await checks.last().getByText('يُبلغ واتساب حين يرفع ذلك').waitFor()
  })

  it('the account’s news are told, whatever they are of', async () => {
    await page.goto(`${BASE_URL}/settings/numbers`)
    const events = page.locator('[data-account-event]')
    await until(() => events.count(), (count) => count >= 15)
    await isArabic(events.locator('p:not(:has(time))'), 15)
    await isArabic(events.locator('p:has(time)'), 15)
    for (const words of ['خالف سياساته: رسائل مزعجة', 'رفض واتساب الاسم', 'انخفض حدّ المراسلة', 'الآن: تسويق', 'فقد شريك حق الوصول']) await events.filter({ hasText: words }).first().waitFor()
  })
})
