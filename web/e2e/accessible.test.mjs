// axe over the inbox and the contacts, in both themes and both languages, on a desk and on a phone.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, describe, it } from 'node:test'
import { BASE_URL, demoLogins, open, signIn } from '../scripts/browser.mjs'
import { everything, simPhone } from '../scripts/rich.mjs'
import { settle } from '../scripts/screens.mjs'
import { apiOf } from '../scripts/server.mjs'
import { conversationWith } from '../scripts/stage.mjs'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const stamp = Date.now().toString().slice(-7)
const customer = { name: `Xenia ${stamp}`, from: `4474${stamp.padStart(8, '0')}` }
const LOOKS = ['en', 'ar'].flatMap((language) => ['light', 'dark'].map((theme) => ({ language, theme })))
const WIDTHS = [
  { name: 'desk', viewport: { width: 1440, height: 900 } },
  { name: 'phone', viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
]
let id
let login

before(async () => {
  const { logins } = await demoLogins()
  login = logins[0]
  const phone = await simPhone('Acme Coffee')
  await everything({ phoneId: phone.id, ...customer })
  id = (await conversationWith(apiOf(login), customer.name)).id
})

const SCREENS = [
  ['the inbox', async (page) => {
    await page.goto(`${BASE_URL}/inbox`)
    await page.locator('[data-conversation]').first().waitFor()
  }],
  ['a conversation', async (page) => {
    await page.goto(`${BASE_URL}/inbox/${id}`)
    await page.locator('[data-message]').last().waitFor()
  }],
  ['its beginning', async (page) => {
    await page.goto(`${BASE_URL}/inbox/${id}`)
    await page.locator('[data-message]').last().waitFor()
    await page.locator('[role=region]:has([data-message])').evaluate((box) => (box.scrollTop = 0))
    await page.locator('[data-message]').first().waitFor()
  }],
  ['a new conversation', async (page) => {
    await page.goto(`${BASE_URL}/inbox?new`)
    await page.getByRole('dialog').waitFor()
  }],
  ['contacts', async (page) => {
    await page.goto(`${BASE_URL}/contacts`)
    await page.locator('main table tbody tr, main ul li').first().waitFor()
  }],
  ['a contact', async (page) => {
    await page.goto(`${BASE_URL}/contacts`)
    await page.locator(':is(main table tbody td, main ul li) button:not([role=checkbox])').first().click()
    await page.locator('[role=dialog] form').waitFor()
  }],
]

/** In the page, without the shell around it: every serious finding, once for each kind of element, and whatever is too small for a finger. */
async function findings(touch) {
  const { violations } = await window.axe.run({ include: [['main'], ['[role=dialog]']] }, {
    resultTypes: ['violations'],
    rules: { 'label-content-name-mismatch': { enabled: true }, 'target-size': { enabled: true } },
  })
  const found = violations
    .filter((v) => ['serious', 'critical'].includes(v.impact) || ['definition-list', 'dlitem', 'landmark-one-main', 'page-has-heading-one', 'list', 'listitem'].includes(v.id))
    .flatMap((v) => v.nodes.map((node) => `${v.id}: ${node.html.slice(0, 160)}`))
  for (const [tag, wanted] of [['h1', 1], ['main', 1]]) {
    const shown = [...document.querySelectorAll(tag)].length
    if (shown !== wanted) found.push(`${shown} ${tag} instead of ${wanted}`)
  }
  if (touch) {
    for (const part of document.querySelectorAll('main button, main a[href], [role=dialog] button')) {
      const { width, height, bottom, top } = part.getBoundingClientRect()
      if (width === 0 || bottom < 0 || top > innerHeight || part.matches('.sr-only, :disabled')) continue
      // What the finger meets may be larger than what is drawn.
      const reach = (x, y) => document.elementFromPoint(x, y)?.closest('button, a[href]') === part
      const { left, right } = part.getBoundingClientRect()
      const [x, y] = [(left + right) / 2, (top + bottom) / 2]
      const tall = height >= 43.5 || (reach(x, y - 21) && reach(x, y + 21))
      const broad = width >= 43.5 || (reach(x - 21, y) && reach(x + 21, y))
      if (!(tall && broad) && !part.closest('[data-message], p')) found.push(`target ${Math.round(width)} by ${Math.round(height)}: ${part.outerHTML.slice(0, 140)}`)
    }
  }
  return [...new Set(found)]
}

for (const { name: width, ...device } of WIDTHS) {
  for (const { language, theme } of LOOKS) {
    describe(`${width}, ${language}, ${theme}`, () => {
      let browser
      let page
      before(async () => {
        browser = await open({ ...device, colorScheme: theme, bypassCSP: true })
        await browser.context.addInitScript(
          ([look, code]) => {
            localStorage.setItem('wapro.theme', look)
            localStorage.setItem('wapro.language', code)
          },
          [theme, language],
        )
        page = browser.context.pages()[0] ?? (await browser.context.newPage())
        await signIn(page, login)
      })
      after(() => browser?.close())
      for (const [name, go] of SCREENS) {
        it(name, async () => {
          await go(page)
          await settle(page)
          await page.evaluate(AXE)
          assert.deepEqual(await page.evaluate(findings, !!device.hasTouch), [])
        })
      }
    })
  }
}
