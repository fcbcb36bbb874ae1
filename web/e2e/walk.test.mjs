// The keyboard alone through what messages are written and answered with: nothing is out of reach, and the focus is never lost.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { BASE_URL, demoLogins, open, signIn } from '../scripts/browser.mjs'
import { everything, settled, simPhone } from '../scripts/rich.mjs'
import { apiOf, sim } from '../scripts/server.mjs'
import { accountNews, conversationWith, noAnswer, say } from '../scripts/stage.mjs'

const stamp = Date.now().toString().slice(-7)
const customer = { name: `Wanda ${stamp}`, from: `4475${stamp.padStart(8, '0')}` }
let browser
let page
let phone

const press = (...keys) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve())
/** What has the focus, in one word and its name. Nothing but the page itself means that it was lost. */
const focus = () =>
  page.evaluate(() => {
    const at = document.activeElement
    if (!at || at === document.body) return 'lost'
    const label = at.id ? document.querySelector(`label[for="${CSS.escape(at.id)}"]`)?.textContent : undefined
    const name = at.getAttribute('aria-label') ?? label ?? at.textContent ?? ''
    return `${at.getAttribute('role') ?? at.tagName.toLowerCase()} ${name.trim().replace(/\s+/g, ' ')}`
  })
/** Until something has the focus that reads like this. */
async function focused(like) {
  await page.waitForFunction(
    ([source]) => {
      const at = document.activeElement
      if (!at || at === document.body) return false
      const label = at.id ? document.querySelector(`label[for="${CSS.escape(at.id)}"]`)?.textContent : undefined
      return new RegExp(source).test(`${at.getAttribute('aria-label') ?? ''} ${label ?? ''} ${at.textContent ?? ''}`)
    },
    [like.source],
  ).catch(async () => assert.fail(`the focus is not on ${like} but: ${await focus()}`))
}
/** Presses Tab until something like this has the focus; everything on the way must be visible. */
async function tabTo(like, most = 60, key = 'Tab') {
  for (let i = 0; i < most; i++) {
    await press(key)
    const now = await focus()
    assert.notEqual(now, 'lost', `the focus is lost on the way to ${like}`)
    const seen = await page.evaluate(() => {
      const { width, height } = document.activeElement.getBoundingClientRect()
      const shown = document.activeElement.closest('[aria-hidden=true]') === null && getComputedStyle(document.activeElement).visibility === 'visible'
      return shown && width > 0 && height > 0
    })
    assert.ok(seen, `${now} takes the focus and cannot be seen`)
    if (like.test(now)) return now
  }
  assert.fail(`Tab does not come to ${like}; it stands on ${await focus()}`)
}
const message = (like) => page.locator('[data-message]').filter({ hasText: like })
const box = () => page.getByRole('textbox', { name: `Message to ${customer.name}` })
/** Up through the messages to this one. */
async function upTo(like, most = 30) {
  for (let i = 0; i < most; i++) {
    await press('ArrowUp')
    if (await page.evaluate(([source]) => new RegExp(source).test(document.activeElement?.closest('[data-message]')?.textContent ?? ''), [like.source])) return
  }
  assert.fail(`the arrows do not come to ${like}; the focus is on ${await focus()}`)
}

before(async () => {
  const { logins } = await demoLogins()
  const api = apiOf(logins[0])
  phone = await simPhone('Acme Coffee')
  await everything({ phoneId: phone.id, ...customer })
  await noAnswer(customer.from)
  await say(api, await conversationWith(api, customer.name), 'text', { body: 'Is the gate open?' })
  browser = await open({ viewport: { width: 1360, height: 860 } })
  page = browser.context.pages()[0] ?? (await browser.context.newPage())
  await signIn(page, logins[0])
  await page.locator('[data-conversation]').filter({ hasText: customer.name }).focus()
  await press('Enter')
  await page.locator('[data-message]').last().waitFor()
})
after(() => browser?.close())
// A story that broke off leaves its dialog open; the next one has nothing to do with it.
afterEach(async () => {
  for (let i = 0; i < 3 && (await page.getByRole('dialog').count()); i++) await press('Escape')
})

describe('in a conversation', () => {
  it('the arrows go through the messages, E reacts, R answers', async () => {
    await upTo(/1 Quay Road/)
    await press('e')
    await focused(/React with 👍|Remove 👍/)
    await press('ArrowRight', 'ArrowRight')
    await focused(/React with 😂/)
    await press('ArrowDown')
    await focused(/React with 🔥/)
    await press('Escape')
    await focused(/1 Quay Road/)
    await press('e')
    await focused(/React with 👍/)
    await press('ArrowRight', 'Enter')
    const place = page.locator('[data-type=location]').filter({ hasText: 'Harbour gate 4' })
    await place.locator('[data-reactions]').getByText('❤️').waitFor()
    await focused(/1 Quay Road/)
    await press('r')
    await box().and(page.locator(':focus')).waitFor()
    await page.getByText(`Replying to ${customer.name}`).waitFor()
    await press('Escape')
    await page.getByText(`Replying to ${customer.name}`).waitFor({ state: 'detached' })
    await box().and(page.locator(':focus')).waitFor()
    await press('Escape')
  })

  it('what a bubble offers is behind Tab: pictures, details, quotes', async () => {
    await upTo(/Is it this one/)
    await tabTo(/Enlarge/, 3)
    await press('Enter')
    await page.getByRole('dialog').waitFor()
    await press('Escape')
    await focused(/Enlarge/)
    await upTo(/And can you send it/, 30).catch(async () => {
      await press('End')
      await upTo(/And can you send it/)
    })
    await tabTo(/Harbour gate 4/, 3)
    await press('Enter')
    await focused(/Harbour gate 4.*1 Quay Road/)
  })

  it('a message in doubt is sent again, and the focus stays', async () => {
    await press('End')
    await focused(/Is the gate open/)
    await tabTo(/Send again anyway/, 6)
    await press('Enter')
    await message('Is the gate open').nth(1).waitFor()
    assert.notEqual(await focus(), 'lost')
  })
})

describe('in the composer', () => {
  const menu = async (entry) => {
    await box().focus()
    await tabTo(/Add a file/, 3)
    await press('Enter')
    await page.getByRole('menu').waitFor()
    // By its first letters, as menus can be.
    await page.keyboard.type(entry.slice(0, 3))
    await page.getByRole('menuitem', { name: entry }).and(page.locator(':focus')).waitFor()
    await press('Enter')
    await page.getByRole('dialog').waitFor()
    // As long as a menu that closes is there, Escape is for it.
    await page.getByRole('menu').waitFor({ state: 'detached' })
    await page.waitForFunction(() => document.activeElement?.closest('[role=dialog]'))
  }

  it('every dialog takes the focus, and gives it back to where one writes', async () => {
    for (const entry of ['Location', 'Contact card', 'Buttons, list or link', 'File from a link']) {
      await menu(entry)
      await press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await box().and(page.locator(':focus')).waitFor()
    }
  })

  it('a dialog that hears late of its end takes nobody back who has gone on', async () => {
    await menu('Location')
    // What a busy page does "at once" it does when it comes to it: here, when it is told to.
    await page.evaluate(() => {
      const real = window.setTimeout
      const late = []
      window.setTimeout = (run, ms, ...rest) => (ms ? real(run, ms, ...rest) : late.push(run))
      window.__comeToIt = () => {
        window.setTimeout = real
        for (const run of late) run()
      }
    })
    try {
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await page.getByPlaceholder('Search name or number').focus()
    } finally {
      await page.evaluate(() => window.__comeToIt())
    }
    assert.match(await focus(), /Search name or number/)
  })

  it('buttons are added and taken away without losing the place', async () => {
    await menu('Buttons, list or link')
    await tabTo(/textarea Text/, 12)
    await page.keyboard.type('When shall we come?')
    await tabTo(/Add a button/, 10)
    await press('Enter')
    await focused(/Button 3/)
    await page.keyboard.type('Later')
    await tabTo(/Remove/, 2)
    await press('Enter')
    await focused(/Button 2/)
    await page.keyboard.type('At noon')
    await tabTo(/Button 1/, 4, 'Shift+Tab')
    await page.keyboard.type('At nine')
    await press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await message('When shall we come?').locator('[data-status=sent], [data-status=delivered], [data-status=read]').waitFor()
    await box().and(page.locator(':focus')).waitFor()
  })

  it('a list grows and shrinks the same way', async () => {
    await menu('Buttons, list or link')
    await focused(/^ *Buttons/)
    await press('ArrowRight')
    await focused(/^ *List/)
    await press('Space')
    await page.getByRole('radio', { name: 'List' }).and(page.locator('[aria-checked=true], [data-state=on]')).waitFor()
    await tabTo(/Add a choice/, 16)
    await press('Enter')
    await focused(/Choice 3/)
    await tabTo(/Remove choice 3|Remove/, 2)
    await press('Enter')
    await focused(/Choice 2/)
    await tabTo(/Add a section/, 8)
    await press('Enter')
    await focused(/Section heading/)
    await tabTo(/Remove section 2/, 2)
    await press('Enter')
    await focused(/Section heading/)
    await press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  it('templates are chosen and filled in', async () => {
    await box().focus()
    await tabTo(/[Tt]emplate/, 4)
    await press('Enter')
    await page.getByRole('dialog').getByText('order_update').first().waitFor()
    // The search has the focus: one types, and the first that is left is the next stop but one.
    await page.keyboard.type('order_update')
    await page.getByRole('dialog').getByText('spring_offer').waitFor({ state: 'detached' })
    await tabTo(/order_update/, 4)
    await press('Enter')
    await page.waitForFunction(() => document.activeElement?.closest('[role=dialog]'))
    await press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    assert.notEqual(await focus(), 'lost')
  })
})

describe('under Numbers', () => {
  it('news are gone through, opened and narrowed down', async () => {
    await accountNews(phone)
    await page.goto(`${BASE_URL}/settings/numbers`)
    await page.locator('[data-account-event]').first().waitFor()
    await tabTo(/Show details/, 60)
    await press('Enter')
    await page.locator('[data-account-event] details[open]').first().waitFor()
    assert.match(await focus(), /Show details/)
  })

  it('the last page of them takes the focus along', async () => {
    for (let i = 0; i < 60; i++) {
      const alert_info = { alert_severity: 'INFORMATIONAL', alert_status: 'NONE', alert_type: 'OBA_APPROVED', alert_description: `News ${stamp} number ${i}` }
      await sim('/webhooks/raw', { field: 'account_alerts', value: { entity_type: 'BUSINESS', entity_id: phone.waba_id, alert_info }, waba_id: phone.waba_id })
    }
    await settled()
    await page.reload()
    const news = page.getByRole('region', { name: 'Activity' })
    await news.getByText(`News ${stamp} number 59`, { exact: true }).waitFor()
    const more = news.getByRole('button', { name: 'Show more' })
    await more.focus()
    while (await more.count()) {
      const before = await news.locator('[data-account-event]').count()
      await press('Enter')
      await page.waitForFunction((known) => document.querySelectorAll('[data-account-event]').length > known, before)
      assert.notEqual(await focus(), 'lost')
    }
    await page.waitForFunction(() => document.activeElement?.matches('[data-account-event]'))
  })

  it('so is what webhooks brought', async () => {
    await page.goto(`${BASE_URL}/settings/webhook-events`)
    await page.getByRole('heading', { name: 'Webhook events' }).waitFor()
    await tabTo(/Webhook events/, 30)
  })
})

describe('on a phone', () => {
  for (const language of ['en', 'ar']) {
    it(`nothing of a conversation is wider than the screen (${language})`, async () => {
      const { logins } = await demoLogins()
      const small = await open({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true })
      try {
        await small.context.addInitScript((value) => localStorage.setItem('wapro.language', value), language)
        const mobile = small.context.pages()[0] ?? (await small.context.newPage())
        await signIn(mobile, logins[0])
        await mobile.locator('[data-conversation]').filter({ hasText: customer.name }).click()
        await mobile.locator('[data-message]').last().waitFor()
        const wide = await mobile.evaluate(() =>
          [...document.querySelectorAll('[data-message], [data-message] *')].filter((part) => {
            const { left, right, width } = part.getBoundingClientRect()
            // What scrolls sideways by itself may be as long as it likes.
            return width > 0 && !part.closest('[role=group]') && (left < -1 || right > window.innerWidth + 1)
          }).map((part) => part.outerHTML.slice(0, 120)),
        )
        assert.deepEqual(wide, [])
        assert.ok(await mobile.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth))
      } finally {
        await small.close()
      }
    })
  }
})
