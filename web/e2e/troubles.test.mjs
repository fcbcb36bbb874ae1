// What goes wrong or is taken back, as people meet it: held numbers, news of the account, sends in doubt, edits and revokes.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { at, BASE_URL, demoLogins, open, signIn } from '../scripts/browser.mjs'
import { inbound, settled, simPhone } from '../scripts/rich.mjs'
import { apiOf, sim } from '../scripts/server.mjs'
import { accountNews, connect, conversationWith, noAnswer, refused, say } from '../scripts/stage.mjs'

const stamp = Date.now().toString().slice(-7)
const line = `Night line ${stamp}`
const customer = { name: `Leo ${stamp}`, from: `4476${stamp.padStart(8, '0')}` }
let browser
let page
let api
let channel
let phone

const own = (text) => page.locator('[data-message][data-direction=outbound]').filter({ hasText: text })
const theirs = (text) => page.locator('[data-message][data-direction=inbound]').filter({ hasText: text })
const box = () => page.getByRole('textbox', { name: `Message to ${customer.name}` })
const held = () => page.locator('[data-held]')
const arrived = (where) => where.locator('[data-status=sent], [data-status=delivered], [data-status=read]').first().waitFor()
const gone = (locator) => locator.waitFor({ state: 'detached' })
/** Nothing was loaded anew: what is on the screen came by the stream. */
const untouched = () => page.evaluate(() => window.__untouched === true)

async function writes(content) {
  const { wamid } = await inbound({ phone_id: phone.id, ...customer, ...content })
  await settled()
  return wamid
}

/** How many messages of the number WhatsApp has taken. */
const accepted = async () => (await sim('/ledger?kind=accepted&limit=10000')).items.filter((row) => row.phone_id === phone.id).length

async function openConversation() {
  await page.goto(`${BASE_URL}/inbox`)
  await page.locator('[data-conversation]').filter({ hasText: customer.name }).click()
  await page.locator('[data-message]').last().waitFor()
  await page.locator('[data-live=live]').waitFor()
  await page.evaluate(() => (window.__untouched = true))
}

async function type(words) {
  await box().fill(words)
  await page.keyboard.press('Enter')
}

before(async () => {
  const { logins } = await demoLogins()
  api = apiOf(logins[0])
  // The demo's own number comes first.
  await simPhone('Acme Coffee')
  channel = await connect({ api, name: line })
  phone = await sim(`/phones/${channel.phone_number_id}`)
  await writes({ type: 'text', text: { body: 'Are you open tonight?' } })
  browser = await open({ viewport: { width: 1360, height: 860 } })
  page = browser.context.pages()[0] ?? (await browser.context.newPage())
  await signIn(page, logins[0])
  await openConversation()
})
after(async () => {
  await browser?.close()
  if (channel) await api.delete(`/channels/${channel.id}`)
})

describe('what the customer changes', () => {
  it('an edited message says so, and what it was', async () => {
    const wamid = await writes({ type: 'text', text: { body: 'Can you deliver on Monday?' } })
    await theirs('on Monday?').waitFor()
    await writes({ type: 'edit', edit: { original_message_id: wamid, message: { type: 'text', text: { body: 'Can you deliver on Tuesday?' } } } })
    await theirs('on Tuesday?').waitFor()
    await gone(theirs('on Monday?'))
    await theirs('on Tuesday?').getByRole('button', { name: 'Edited' }).focus()
    await page.getByRole('tooltip').filter({ hasText: 'Can you deliver on Monday?' }).waitFor()
    await page.keyboard.press('Escape')
  })

  it('a message taken back is no longer read, and answers nothing', async () => {
    const wamid = await writes({ type: 'text', text: { body: 'Please forget my address' } })
    const bubble = theirs('Please forget my address')
    await bubble.waitFor()
    const id = await bubble.getAttribute('data-message')
    await writes({ type: 'revoke', revoke: { original_message_id: wamid } })
    const revoked = page.locator(`[data-message="${id}"]`)
    await revoked.getByText('The customer deleted this message').waitFor()
    assert.equal(await bubble.count(), 0)
    assert.equal(await revoked.locator('xpath=..').getByRole('button', { name: 'Reply' }).count(), 0)
  })

  it('their reaction stands beside ours, changes and goes', async () => {
    await type('We are open until ten.')
    await arrived(own('until ten'))
    const conversation = await conversationWith(api, customer.name)
    const { items } = await api.get(`/conversations/${conversation.id}/messages`)
    const message = items.find((one) => one.text === 'We are open until ten.')
    const chip = own('until ten').locator('[data-reactions]')
    await writes({ type: 'reaction', reaction: { message_id: message.wamid, emoji: '🙏' } })
    await chip.getByText('🙏').waitFor()
    await say(api, conversation, 'reaction', { message_id: message.id, emoji: '👍' })
    await chip.getByText('👍').waitFor()
    assert.equal(await chip.getAttribute('aria-label'), `${customer.name} reacted with 🙏, You reacted with 👍`)
    await writes({ type: 'reaction', reaction: { message_id: message.wamid, emoji: '🎉' } })
    await chip.getByText('🎉').waitFor()
    assert.equal(await chip.getByText('🙏').count(), 0)
    await writes({ type: 'reaction', reaction: { message_id: message.wamid, emoji: '' } })
    await chip.filter({ hasNotText: '🎉' }).getByText('👍').waitFor()
    assert.equal(await untouched(), true)
  })
})

describe('a message of which nobody knows', () => {
  it('says so, and goes out again when a person wants it', async () => {
    const before = await accepted()
    await noAnswer(customer.from)
    await type('Shall I put one aside?')
    const doubtful = own('put one aside').first()
    await doubtful.locator('[data-undecided]').getByText('Delivery unknown').waitFor()
    await doubtful.getByText('it may arrive twice').waitFor()
    await doubtful.getByRole('button', { name: 'Send again anyway' }).click()
    await arrived(own('put one aside').nth(1))
    // WhatsApp has it once: what got no answer never came.
    assert.equal(await accepted(), before + 1)
    assert.equal(await untouched(), true)
  })

  it('settles by itself when WhatsApp tells of it after all', async () => {
    await sim('/faults', { match: { path: '/messages', to: customer.from }, trigger: { next_n: 1 }, response: { drop: true, after: true } })
    await type('It is the last bag.')
    await arrived(own('the last bag'))
    await gone(own('the last bag').locator('[data-undecided]'))
    assert.equal(await own('the last bag').count(), 1)
  })
})

describe('a number that WhatsApp does not let send', () => {
  it('is held with a reason in words, in the conversation and under Numbers', async () => {
    await refused(customer.from, 131031)
    await type('Come by any time.')
    await own('Come by any time').locator('[data-failure]').getByText('WhatsApp has locked the account').waitFor()
    await held().getByText('Sending paused').waitFor()
    await held().getByText('See the reason in WhatsApp Manager').waitFor()
    await held().getByText('It stays paused until someone resumes it.').waitFor()
    // A user in another conversation sees it above all conversations.
    const lines = page.locator('[data-held-line]').filter({ hasText: 'sending paused' }).filter({ hasText: line })
    await lines.waitFor()
    assert.equal(await untouched(), true)
    await lines.click()
    await at(page, '**/settings/numbers/*')
    await page.getByRole('heading', { name: line, exact: true }).waitFor()
    const card = page.locator('main')
    await card.locator('[data-held]').getByText('WhatsApp has locked the account').waitFor()
    await card.locator('[data-health=paused]').waitFor()
    // The words stand there once, not a second time above.
    assert.equal(await card.getByText('WhatsApp has locked').filter({ visible: true }).count(), 1)
  })

  it('refuses what is written meanwhile, and says why', async () => {
    await openConversation()
    await type('Hello again')
    await own('Hello again').locator('[data-failure]').getByText('This message was not accepted').waitFor()
    await own('Hello again').getByRole('button', { name: 'Discard' }).click()
    await gone(own('Hello again'))
  })

  it('goes on after a person says so, by keyboard alone', async () => {
    await held().getByRole('button', { name: 'Resume sending' }).focus()
    await page.keyboard.press('Enter')
    await page.getByText('is sending again').filter({ hasText: line }).waitFor()
    await gone(held())
    await gone(page.locator('[data-held-line]').filter({ hasText: line }))
    await box().and(page.locator(':focus')).waitFor()
    await own('Come by any time').getByRole('button', { name: 'Send again' }).click()
    await arrived(own('Come by any time').nth(1))
    assert.equal(await untouched(), true)
  })

  it('is held while the account is disabled, and let go with it', async () => {
    await sim(`/wabas/${phone.waba_id}/ban`, { state: 'DISABLE' })
    await held().getByText('WhatsApp disabled the account').waitFor()
    // WhatsApp tells whole seconds only: what happens within one has no order.
    await sim('/clock', { advance_s: 1 })
    await sim(`/wabas/${phone.waba_id}/ban`, { state: 'REINSTATE' })
    await gone(held())
    await type('Back in business')
    await arrived(own('Back in business'))
    assert.equal(await untouched(), true)
  })
})

describe('the news of the account', () => {
  it('come by themselves, in plain words', async () => {
    await page.goto(`${BASE_URL}/settings/numbers`)
    const news = page.getByRole('region', { name: 'Activity' })
    await news.getByText('WhatsApp disabled the account').first().waitFor()
    await page.evaluate(() => (window.__untouched = true))
    await accountNews(phone)
    for (const words of ['WhatsApp approved the account', 'The number can send 1000 messages per second', 'Someone asked to turn off two-step verification', 'Template “spring_offer” (en) is paused', 'WhatsApp says the account broke its rules: spam']) {
      await news.locator('[data-account-event]').filter({ hasText: words }).first().waitFor()
    }
    await news.locator('[data-account-event=critical]').filter({ hasText: 'two-step verification' }).first().waitFor()
    assert.equal(await untouched(), true)
    // No word of WhatsApp's own shouts from the list: those are behind the details.
    const said = await news.locator('[data-account-event] p').allInnerTexts()
    assert.deepEqual(said.filter((words) => /[A-Z]{3,}_[A-Z]/.test(words)), [])
  })

  it('of one number or of all, with what WhatsApp sent behind them', async () => {
    const news = page.getByRole('region', { name: 'Activity' })
    await news.getByRole('combobox', { name: 'Activity of' }).click()
    await page.getByRole('option', { name: 'Acme Coffee main line' }).click()
    await gone(news.locator('[data-account-event]').filter({ hasText: 'broke its rules: spam' }).filter({ hasText: line }))
    await news.getByRole('combobox', { name: 'Activity of' }).click()
    await page.getByRole('option', { name: line }).click()
    const event = news.locator('[data-account-event]').filter({ hasText: 'two-step verification' }).first()
    await event.getByText(line).waitFor()
    await event.getByText('Show details').click()
    await event.getByText('PIN_RESET_REQUEST').waitFor()
  })
})

describe('Arabic', () => {
  it('says in its own words why a message failed', async () => {
    await refused(customer.from, 131026)
    await openConversation()
    await page.evaluate(() => localStorage.setItem('wapro.language', 'ar'))
    await page.reload()
    await page.locator('html[lang=ar][dir=rtl]').waitFor()
    await page.locator('main textarea').fill('مرحبا')
    await page.keyboard.press('Enter')
    await own('مرحبا').locator('[data-failure]').getByText('تعذّر الوصول إلى هذا الشخص').waitFor()
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth))
  })
})
