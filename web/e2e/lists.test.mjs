// Long lists: nothing scrolls away, the place is kept, what was seen is read and nothing else, and every row can be reached.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { BASE_URL, at, demoLogins, open, signIn } from '../scripts/browser.mjs'
import { simPhone } from '../scripts/rich.mjs'
import { apiOf, sim, until } from '../scripts/server.mjs'
import { conversationWith } from '../scripts/stage.mjs'
import { arrived, longThread, manyPeople, receive } from '../scripts/volume.mjs'

const stamp = Date.now().toString().slice(-7)
const PEOPLE = 260
const MESSAGES = 300
const talker = { name: `Lotte ${stamp}`, from: `4476${stamp.padStart(8, '0')}` }
const quiet = { name: `Quentin ${stamp}`, from: `4478${stamp.padStart(8, '0')}` }
let api
let phone
let logins
let browser
let page
let threadId

const rows = () => page.locator('[data-conversation]')
const message = (words) => page.locator('[data-message]').filter({ hasText: words })
const thread = () => page.getByRole('region', { name: 'Messages', exact: true })
const unread = async (name) => (await api.get(`/conversations?search=${encodeURIComponent(name)}`)).items[0]?.unread
const says = (who, body) => sim('/inbound', { phone_id: phone.id, ...who, type: 'text', text: { body } })
const press = async (...keys) => {
  for (const key of keys) await page.keyboard.press(key)
}
const openThread = async (id = threadId) => {
  await page.goto(`${BASE_URL}/inbox/${id}`)
  await page.locator('[data-message]').last().waitFor()
}
/** Scrolls the thread to this far from its end, and waits until it stands still. */
async function scrollThread(fromEnd) {
  await thread().evaluate((box, far) => {
    box.scrollTop = box.scrollHeight - box.clientHeight - far
  }, fromEnd)
  await still()
}
const still = () =>
  page.waitForFunction(() => {
    const now = [...document.querySelectorAll('[data-message]')].map((m) => `${m.dataset.message} ${m.getBoundingClientRect().top}`).join()
    const same = window.__before === now
    window.__before = now
    return same
  }, undefined, { polling: 120 })

before(async () => {
  ;({ logins } = await demoLogins())
  api = apiOf(logins[0])
  phone = await simPhone('Acme Coffee')
  const now = Math.floor(Date.now() / 1000)
  await receive(phone, manyPeople(PEOPLE, { prefix: `44${stamp}`, name: `Customer ${stamp}`, until: now - 600 }))
  await receive(phone, longThread(MESSAGES, { ...talker, until: now - 120 }))
  await says(quiet, 'Good morning')
  await arrived(api, talker.name, `${MESSAGES - 1} `)
  threadId = (await conversationWith(api, talker.name)).id
  await api.post(`/conversations/${threadId}/read`, {})
  browser = await open({ viewport: { width: 1440, height: 900 } })
  page = browser.context.pages()[0] ?? (await browser.context.newPage())
  await signIn(page, logins[0])
})
after(() => browser?.close())

describe('with many rows', () => {
  for (const [name, path, ready] of [
    ['the inbox', '/inbox', '[data-conversation]'],
    ['a conversation', 'thread', '[data-message]'],
    ['contacts', '/contacts', 'tbody tr:nth-child(40), main ul li:nth-child(40)'],
    ['numbers', '/numbers', 'main h1'],
    ['the simulator', '/simulator', 'main'],
  ]) {
    for (const width of [1440, 390]) {
      it(`the page itself does not scroll: ${name}, ${width} px`, async () => {
        await page.setViewportSize({ width, height: 844 })
        await page.goto(BASE_URL + (path === 'thread' ? `/inbox/${threadId}` : path))
        await page.locator(ready).last().waitFor()
        await page.waitForFunction(() => document.documentElement.scrollHeight === window.innerHeight)
        await page.mouse.move(20, 400)
        await page.mouse.wheel(0, 2000)
        assert.equal(await page.evaluate(() => document.scrollingElement.scrollTop), 0)
      })
    }
  }

  it('only rows in view are drawn, and all can be reached by scrolling', async () => {
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.goto(`${BASE_URL}/inbox`)
    await rows().first().waitFor()
    const list = page.locator('ul:has([data-conversation])').locator('xpath=..')
    const seen = new Set()
    await until(
      async () => {
        for (const name of await rows().allInnerTexts()) seen.add(name.split('\n').find((part) => part.includes(`Customer ${stamp}`)))
        await list.evaluate((box) => (box.scrollTop += box.clientHeight - 80))
        assert.ok((await rows().count()) < 60, `${await rows().count()} rows are drawn`)
        return seen
      },
      (all) => Array.from({ length: PEOPLE }, (_, i) => `Customer ${stamp} ${i}`).every((name) => all.has(name)),
      60_000,
    )
  })

  it('rows are one stop for Tab; arrows, Home and End go through all of them', async () => {
    await page.goto(`${BASE_URL}/inbox`)
    await rows().first().waitFor()
    assert.equal(await page.locator('[data-conversation][tabindex="0"]').count(), 1)
    await page.locator('[data-conversation][tabindex="0"]').focus()
    const first = await page.evaluate(() => document.activeElement.dataset.conversation)
    for (let i = 0; i < 30; i++) await press('ArrowDown')
    await page.waitForFunction(() => document.activeElement.matches('[data-conversation]') && Number(document.activeElement.closest('li').ariaPosInSet) === 31)
    await press('End')
    await page.waitForFunction(() => document.activeElement.matches('[data-conversation]') && Number(document.activeElement.closest('li').ariaPosInSet) >= 40)
    await press('Home')
    await page.waitForFunction((id) => document.activeElement.dataset?.conversation === id, first)
    await press('Enter')
    await at(page, (url) => url.pathname === `/inbox/${first}`)
  })
})

describe('a long thread', () => {
  it('begins at its end, and holds its place while older messages load above', async () => {
    await openThread()
    await message(`${MESSAGES - 1} `).waitFor()
    await still()
    assert.ok((await page.locator('[data-message]').count()) < 80)
    const answered = page.waitForResponse((r) => r.url().includes('/messages?') && r.url().includes('after='))
    await thread().evaluate((box) => (box.scrollTop = 200))
    const reading = await page.evaluate(() => [...document.querySelectorAll('[data-message]')].find((m) => m.getBoundingClientRect().top > 300)?.dataset.message)
    const place = () => page.evaluate((id) => document.querySelector(`[data-message="${id}"]`)?.getBoundingClientRect().top, reading)
    await still()
    const before = await place()
    await answered
    await still()
    assert.ok(Math.abs((await place()) - before) < 60, `it moved from ${before} to ${await place()}`)
  })

  it('to its very beginning, in order', async () => {
    await openThread()
    await until(
      async () => {
        await thread().evaluate((box) => (box.scrollTop = 0))
        return message(/^.*\b0 When do you open/).count()
      },
      (n) => n > 0,
      30_000,
    )
    await page.getByText('Start of the conversation').waitFor()
    const numbers = (await page.locator('[data-message]').allInnerTexts()).map((text) => Number(/(\d+) /.exec(text)?.[1]))
    assert.deepEqual(numbers, numbers.toSorted((a, b) => a - b))
  })

  it('does not move what is read when a message arrives, and says how many there are', async () => {
    await openThread()
    await still()
    await scrollThread(1800)
    const reading = await page.evaluate(() => [...document.querySelectorAll('[data-message]')].find((m) => m.getBoundingClientRect().top > 300).dataset.message)
    const place = () => page.evaluate((id) => document.querySelector(`[data-message="${id}"]`).getBoundingClientRect().top, reading)
    const before = await place()
    for (let i = 0; i < 3; i++) await says(talker, `Later ${stamp} ${i}`)
    await page.locator('[data-to-latest]').getByText('3 new messages').waitFor()
    assert.ok(Math.abs((await place()) - before) < 2, `it moved from ${before} to ${await place()}`)
    assert.equal(await unread(talker.name), 3)
  })

  it('scrolled up nothing is read; the way back reads it, below a line', async () => {
    assert.equal(await unread(talker.name), 3)
    await page.locator('[data-unread-divider]').waitFor({ state: 'detached' }).catch(() => undefined)
    await page.locator('[data-to-latest]').click()
    await message(`Later ${stamp} 2`).waitFor()
    await page.locator('[data-unread-divider]').getByText('3 unread messages').waitFor()
    await until(() => unread(talker.name), (n) => n === 0)
  })

  it('in a tab without the focus nothing is read', async () => {
    await page.evaluate(() => {
      window.__focus = document.hasFocus
      document.hasFocus = () => false
      window.dispatchEvent(new Event('blur'))
    })
    await says(talker, `Unseen ${stamp}`)
    await message(`Unseen ${stamp}`).waitFor()
    await page.locator('[data-unread-divider]').getByText('1 unread message').waitFor()
    // Longer than a message takes to count as read.
    await page.evaluate(() => new Promise((done) => setTimeout(done, 1500)))
    assert.equal(await unread(talker.name), 1)
    await page.evaluate(() => {
      document.hasFocus = window.__focus
      window.dispatchEvent(new Event('focus'))
    })
    await until(() => unread(talker.name), (n) => n === 0)
  })

  it('the composer keeps its place at the end as it grows', async () => {
    await openThread()
    await still()
    const end = () => thread().evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight)
    await page.getByRole('textbox', { name: /Message to/ }).fill('one\ntwo\nthree\nfour\nfive')
    await until(end, (n) => n < 2)
    await page.getByRole('textbox', { name: /Message to/ }).fill('')
  })
})

describe('opening a conversation', () => {
  it('puts the focus where one writes; J and K keep it with the list', async () => {
    await page.goto(`${BASE_URL}/inbox`)
    await rows().first().click()
    await page.getByRole('textbox', { name: /Message to/ }).and(page.locator(':focus')).waitFor()
    await press('Escape')
    const before = page.url()
    await press('j')
    await page.waitForFunction((url) => location.href !== url, before)
    await page.locator('[data-message]').last().waitFor()
    const second = page.url()
    await press('j')
    await page.waitForFunction((url) => location.href !== url, second)
    assert.equal(await page.evaluate(() => document.activeElement.tagName === 'TEXTAREA'), false)
    await press('k')
    await at(page, (url) => url.href === second)
  })

  it('from a contact, when its window is open', async () => {
    await page.goto(`${BASE_URL}/contacts?search=${encodeURIComponent(quiet.name)}`)
    await page.getByRole('button', { name: `Actions for ${quiet.name}` }).click()
    await page.getByRole('menuitem', { name: 'Send a message' }).click()
    const { id } = await conversationWith(api, quiet.name)
    await at(page, (url) => url.pathname === `/inbox/${id}`)
    await page.getByRole('textbox', { name: `Message to ${quiet.name}` }).and(page.locator(':focus')).waitFor()
    assert.equal(await page.getByRole('dialog').count(), 0)
  })
})

describe('on a phone', () => {
  it('a long press offers to react and to reply', async () => {
    const small = await open({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true })
    try {
      const mobile = small.context.pages()[0] ?? (await small.context.newPage())
      await signIn(mobile, logins[0])
      await mobile.goto(`${BASE_URL}/inbox/${(await conversationWith(api, quiet.name)).id}`)
      const bubble = mobile.locator('[data-message]').filter({ hasText: 'Good morning' })
      await bubble.waitFor()
      assert.equal(await mobile.getByRole('button', { name: 'React', exact: true }).count(), 0)
      const { x, y, width, height } = await bubble.boundingBox()
      const touch = await small.context.newCDPSession(mobile)
      const points = [{ x: x + width / 2, y: y + height / 2 }]
      const hold = async () => {
        await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: points })
        await mobile.locator('[data-message-menu]').waitFor()
        await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
      }
      await hold()
      await mobile.getByRole('button', { name: 'React with ❤️' }).click()
      await bubble.locator('[data-reactions]').getByText('❤️').waitFor()
      await hold()
      await mobile.locator('[data-message-menu]').getByRole('button', { name: 'Reply' }).click()
      await mobile.getByText(`Replying to ${quiet.name}`).waitFor()
    } finally {
      await small.close()
    }
  })
})
