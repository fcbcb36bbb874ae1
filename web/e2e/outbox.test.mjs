// What an agent has sent or typed is never lost: without a connection, over a reload, in two tabs, when the session ends.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { BASE_URL, demoLogins, open, signIn } from '../scripts/browser.mjs'
import { simPhone } from '../scripts/rich.mjs'
import { apiOf, session, sim, until } from '../scripts/server.mjs'
import { conversationWith } from '../scripts/stage.mjs'

const stamp = Date.now().toString().slice(-7)
const customer = { name: `Odile ${stamp}`, from: `4475${stamp.padStart(8, '0')}` }
const other = { name: `Piet ${stamp}`, from: `4474${stamp.padStart(8, '0')}` }
const POST = (url) => /\/api\/v1\/conversations\/[^/]+\/messages$/.test(url.pathname)
let api
let phone
let logins
let browser
let page
let id

const byRole = (where, role, name) => where.getByRole(role, { name })
const own = (words, where = page) => where.locator('[data-message][data-direction=outbound]').filter({ hasText: words })
const box = (where = page) => byRole(where, 'textbox', `Message to ${customer.name}`)
const row = (who, where = page) => where.locator('[data-conversation]').filter({ hasText: who.name })
const says = (who, body) => sim('/inbound', { phone_id: phone.id, ...who, type: 'text', text: { body } })
/** How often the server has this message. */
const stored = async (words) => (await api.get(`/conversations/${id}/messages?limit=100`)).items.filter((message) => message.text === words).length
const once = async (words) => {
  await until(() => stored(words), (count) => count > 0)
  assert.equal(await stored(words), 1)
}

async function openConversation(where = page) {
  await where.goto(`${BASE_URL}/inbox/${id}`)
  await where.locator('[data-message]').last().waitFor()
  await box(where).waitFor()
}

async function send(words, where = page) {
  await box(where).fill(words)
  await box(where).press('Enter')
}

/** The server does not answer when something is sent; everything else works. */
async function noAnswers(where = page) {
  await where.context().route(POST, (route) => (route.request().method() === 'POST' ? route.abort('connectionfailed') : route.fallback()))
  return () => where.context().unroute(POST)
}

before(async () => {
  ;({ logins } = await demoLogins())
  api = apiOf(logins[0])
  phone = await simPhone('Acme Coffee')
  for (const who of [customer, other]) await says(who, 'Good morning')
  id = (await conversationWith(api, customer.name)).id
  browser = await open({ viewport: { width: 1440, height: 900 } })
  page = browser.context.pages()[0] ?? (await browser.context.newPage())
  await signIn(page, logins[0])
})
// One that failed leaves nothing behind for the next.
afterEach(() => browser?.context.unroute(POST))
after(() => browser?.close())

describe('without a connection', () => {
  it('a message waits, visibly, and is sent once when the connection is back', async () => {
    await openConversation()
    await browser.context.setOffline(true)
    try {
      await send('First without a line')
      await send('Second without a line')
      await own('First without a line').locator('[data-held-up]').getByText('Not sent yet').waitFor()
      await own('Second without a line').waitFor()
      assert.equal(await box().inputValue(), '')
    } finally {
      await browser.context.setOffline(false)
    }
    await own('Second without a line').locator('[data-status]:not([data-status=queued])').waitFor()
    for (const words of ['First without a line', 'Second without a line']) await once(words)
    assert.equal(await own('without a line').count(), 2)
  })

  it('it survives a reload, another conversation, a refocus and twenty missed messages', async () => {
    const answer = await noAnswers()
    await openConversation()
    await send('Still here after all of it')
    await own('Still here').locator('[data-held-up]').waitFor()
    await page.reload()
    await own('Still here').locator('[data-held-up]').waitFor()
    await row(other).click()
    await page.getByRole('textbox', { name: `Message to ${other.name}` }).waitFor()
    assert.equal(await own('Still here').count(), 0)
    await row(customer).getByRole('img', { name: '1 unsent message' }).waitFor()
    await row(customer).click()
    await own('Still here').locator('[data-held-up]').waitFor()
    // More than a refetch reads at once, while nobody listens: the thread begins anew.
    await page.evaluate(() => window.dispatchEvent(new Event('offline')))
    for (let n = 0; n < 45; n++) await says(customer, `Missed ${n}`)
    // Not the preview: several come in one second, and which of them is the newest is not said.
    await until(() => api.get(`/conversations/${id}`), (conversation) => conversation.unread >= 45)
    await page.evaluate(() => {
      window.dispatchEvent(new Event('online'))
      window.dispatchEvent(new Event('focus'))
      document.dispatchEvent(new Event('visibilitychange'))
    })
    await page.locator('[data-message]').filter({ hasText: 'Missed 44' }).waitFor()
    await own('Still here').locator('[data-held-up]').waitFor()
    assert.equal(await stored('Still here after all of it'), 0)
    await answer()
    await page.evaluate(() => window.dispatchEvent(new Event('online')))
    await once('Still here after all of it')
    await own('Still here').locator('[data-held-up]').waitFor({ state: 'detached' })
    assert.equal(await own('Still here').count(), 1)
  })

  it('a lost answer makes no second message', async () => {
    await openConversation()
    let lost = 0
    await page.route(POST, async (route) => {
      if (route.request().method() !== 'POST' || lost++ > 0) return route.fallback()
      await route.fetch()
      return route.abort('connectionreset')
    })
    await send('The answer got lost')
    await until(() => lost, (times) => times > 1)
    await once('The answer got lost')
    await own('The answer got lost').locator('[data-held-up]').waitFor({ state: 'detached' })
    assert.equal(await own('The answer got lost').count(), 1)
    await page.unroute(POST)
  })

  it('a file is kept and uploaded later', async () => {
    await openConversation()
    await browser.context.setOffline(true)
    try {
      await page.locator('section input[type=file]').first().setInputFiles({ name: `offer-${stamp}.txt`, mimeType: 'text/plain', buffer: Buffer.from('An offer') })
      await page.locator('[data-attachment=failed]').waitFor()
      await byRole(page, 'button', 'Send').last().click()
      await own(`offer-${stamp}`).locator('[data-held-up]').waitFor()
    } finally {
      await browser.context.setOffline(false)
    }
    await own(`offer-${stamp}`).locator('[data-held-up]').waitFor({ state: 'detached' })
    const files = await until(async () => (await api.get(`/conversations/${id}/messages?limit=20`)).items.filter((message) => message.media?.file_name === `offer-${stamp}.txt`), (found) => found.length > 0)
    assert.equal(files.length, 1)
  })

  it('it can be discarded, and asks before signing out', async () => {
    const answer = await noAnswers()
    await openConversation()
    await send('Never mind')
    await own('Never mind').locator('[data-held-up]').waitFor()
    await page.getByRole('button', { name: 'Account:' }).click()
    await byRole(page, 'menuitem', 'Sign out').click()
    const question = page.getByRole('alertdialog')
    await question.getByText('1 message has not been sent').waitFor()
    await byRole(question, 'button', 'Stay signed in').click()
    await question.waitFor({ state: 'detached' })
    await own('Never mind').getByRole('button', { name: 'Discard' }).click()
    await own('Never mind').waitFor({ state: 'detached' })
    await answer()
    await page.reload()
    await page.locator('[data-message]').last().waitFor()
    assert.equal(await own('Never mind').count(), 0)
    assert.equal(await stored('Never mind'), 0)
  })
})

describe('two tabs', () => {
  it('show the same unsent messages, and send each once', async () => {
    const answer = await noAnswers()
    await openConversation()
    const second = await browser.context.newPage()
    await openConversation(second)
    await send('From the first tab')
    await own('From the first tab', second).locator('[data-held-up]').waitFor()
    await send('From the second tab', second)
    await own('From the second tab').waitFor()
    await answer()
    for (const tab of [page, second]) await tab.evaluate(() => window.dispatchEvent(new Event('online')))
    for (const words of ['From the first tab', 'From the second tab']) {
      await once(words)
      for (const tab of [page, second]) {
        await own(words, tab).locator('[data-held-up]').waitFor({ state: 'detached' })
        assert.equal(await own(words, tab).count(), 1)
      }
    }
    await second.close()
  })

  it('sending in one leaves the draft of the other', async () => {
    await openConversation()
    const second = await browser.context.newPage()
    await openConversation(second)
    await box().fill('Sent in the first')
    await box(second).fill('Half a thought in the second')
    await box().press('Enter')
    await once('Sent in the first')
    assert.equal(await box(second).inputValue(), 'Half a thought in the second')
    await until(() => second.evaluate(() => Object.entries(localStorage).filter(([key]) => key.startsWith('wapro.draft.')).map(([, text]) => text)), (drafts) => drafts.includes('Half a thought in the second'))
    await second.reload()
    assert.equal(await box(second).inputValue(), 'Half a thought in the second')
    await box(second).fill('')
    await second.close()
  })
})

describe('a session that ends', () => {
  it('leaves drafts and unsent messages, and goes on after signing in again', async () => {
    const answer = await noAnswers()
    await openConversation()
    await send('Written before it ended')
    await own('Written before it ended').locator('[data-held-up]').waitFor()
    await box().fill('And more')
    const cookies = await browser.context.cookies()
    await browser.context.clearCookies()
    await answer()
    await page.evaluate(() => {
      window.__untouched = true
      window.dispatchEvent(new Event('online'))
    })
    const dialog = page.locator('[data-session-ended]')
    await dialog.getByText('Your session has ended').waitFor()
    await dialog.getByLabel(/^Password/).fill('certainly wrong')
    await byRole(dialog, 'button', 'Sign in').click()
    await dialog.getByText(/password is wrong/).waitFor()
    await dialog.getByLabel(/^Password/).fill(logins[0].password)
    await byRole(dialog, 'button', 'Sign in').click()
    await dialog.waitFor({ state: 'detached' })
    await once('Written before it ended')
    assert.equal(await box().inputValue(), 'And more')
    assert.equal(await page.evaluate(() => window.__untouched), true)
    await box().fill('')
    await browser.context.clearCookies()
    await browser.context.addCookies(cookies)
  })

  it('shows and sends nothing of it to the next person in the same browser', async () => {
    const answer = await noAnswers()
    await openConversation()
    await send('Of the first person')
    await own('Of the first person').locator('[data-held-up]').waitFor()
    await box().fill('A draft of the first person')
    await page.waitForFunction(() => Object.values(localStorage).includes('A draft of the first person'))
    await answer()
    const { name, value } = await session(logins.find((login) => login.email.startsWith('maya@')))
    await browser.context.clearCookies()
    await browser.context.addCookies([{ name, value, url: BASE_URL, httpOnly: true, sameSite: 'Lax' }])
    await openConversation()
    await page.locator('[data-live=live]').first().waitFor()
    assert.equal(await own('Of the first person').count(), 0)
    assert.equal(await box().inputValue(), '')
    assert.equal(await stored('Of the first person'), 0)
    // The first one again.
    await browser.context.clearCookies()
    await signIn(page, logins[0])
    await openConversation()
    await once('Of the first person')
    assert.equal(await box().inputValue(), 'A draft of the first person')
    await box().fill('')
  })
})
