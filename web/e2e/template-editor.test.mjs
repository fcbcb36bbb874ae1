// The template editor: written and submitted, refused in review and mended, by keyboard alone, on a phone, in Arabic. A draft survives.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, describe, it } from 'node:test'
import { at, BASE_URL, demoLogins, open, signIn } from '../scripts/browser.mjs'
import { settle } from '../scripts/screens.mjs'
import { apiOf, sim, until } from '../scripts/server.mjs'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const stamp = Date.now().toString().slice(-7)
/** A picture of one point: what the sample of a header looks like does not matter here. */
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
let browser
let page
let api

const body = () => page.getByRole('textbox', { name: 'Body', exact: true })
const name = () => page.getByRole('textbox', { name: 'Name', exact: true })
const preview = () => page.locator('aside [data-phone]')
const dialog = () => page.getByRole('dialog')
const saved = () => page.locator('[data-save=saved]').waitFor()
const submit = () => page.getByRole('button', { name: /^Submit( \d+)?$/ }).click()
const focused = () => page.evaluate(() => document.activeElement?.id)

/** Hands it in, after the question; says the id of the template. */
async function handIn() {
  await submit()
  await dialog().getByRole('button', { name: 'Submit to WhatsApp' }).click()
  await at(page, (url) => /^\/templates\/tpl_\w+$/.test(url.pathname))
  return new URL(page.url()).pathname.split('/').pop()
}

before(async () => {
  const { logins } = await demoLogins()
  api = apiOf(logins[0])
  browser = await open({ viewport: { width: 1440, height: 900 } })
  page = browser.context.pages()[0] ?? (await browser.context.newPage())
  await signIn(page, logins[0], '/templates/new')
})
after(() => browser?.close())

describe('writing', () => {
  it('the name takes Meta’s form, the phone grows along, and what Meta would refuse is said at its field', async () => {
    await name().fill(`Order News ${stamp}`)
    assert.equal(await name().inputValue(), `order_news_${stamp}`)
    await body().fill('Hello ')
    await page.getByRole('button', { name: 'Insert variable' }).click()
    assert.equal(await body().inputValue(), 'Hello {{1}}')
    await preview().getByText('Hello').waitFor()
    const sentence = 'A variable cannot be the first or the last thing in the body.'
    await page.locator('#field-body-findings').getByText(sentence).waitFor()
    // It is said once; the list of findings leads to it.
    assert.equal(await page.getByText(sentence).count(), 1)
    await page.locator('aside').getByRole('button', { name: /^\d+ findings? at (its field|their fields)/ }).click()
    assert.equal(await focused(), 'field-body')
    assert.equal(await body().getAttribute('aria-invalid'), 'true')
    await body().press('End')
    await body().pressSequentially(', your order has left our warehouse and will be with you soon.')
    await page.getByRole('textbox', { name: /^Sample for/ }).fill('Ana')
    await preview().getByText('Hello Ana, your order has left').waitFor()
    await page.getByText('No problems found.').last().waitFor()
  })

  it('marks are set by key, and can be undone', async () => {
    await body().evaluate((box) => box.setSelectionRange(0, 5))
    await body().press('Control+b')
    assert.match(await body().inputValue(), /^\*Hello\* /)
    await preview().locator('strong', { hasText: 'Hello' }).waitFor()
    await body().press('Control+b')
    assert.match(await body().inputValue(), /^Hello /)
  })

  it('buttons are added and moved by keyboard, and quick replies stay together', async () => {
    const add = async (kind) => {
      await page.getByRole('button', { name: 'Add a button' }).press('Enter')
      await page.getByRole('menuitem', { name: kind }).press('Enter')
    }
    await add(/^Link/)
    await page.keyboard.type('Track')
    await page.getByRole('textbox', { name: 'Address' }).fill('https://shop.example/orders/')
    await page.getByRole('checkbox', { name: 'The end of the address differs for each message' }).click()
    await page.getByRole('textbox', { name: 'Sample of the end' }).fill('A-77')
    await add(/^Quick reply/)
    await page.keyboard.type('Thank you')
    await add(/^Quick reply/)
    await page.keyboard.type('Help')
    const order = () => page.locator('[data-button] [data-handle]').evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-label')))
    assert.deepEqual(await order(), ['Move: Track', 'Move: Thank you', 'Move: Help'])
    await page.getByRole('button', { name: 'Move: Track', exact: true }).press('ArrowDown')
    assert.deepEqual(await order(), ['Move: Thank you', 'Move: Help', 'Move: Track'])
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Move: Track')
    await page.getByText('Track is now 3 of 3').waitFor({ state: 'attached' })
  })

  it('a draft survives a reload, and a time without connection', async () => {
    await saved()
    await at(page, (url) => url.searchParams.has('draft'))
    await page.reload()
    assert.match(await body().inputValue(), /^Hello \{\{1\}\}, your order/)
    assert.equal(await page.locator('[data-button]').count(), 3)
    await browser.context.setOffline(true)
    await page.getByRole('textbox', { name: /^Footer/ }).fill('Acme Coffee')
    await page.locator('[data-save=local]').getByText('Offline').waitFor()
    await browser.context.setOffline(false)
    await saved()
    const { items } = await api.get('/template-drafts')
    const draft = items.find((one) => one.name === `order_news_${stamp}`)
    assert.ok(draft.template.components.some((part) => part.type === 'FOOTER' && part.text === 'Acme Coffee'))
  })

  it('another version of the draft is said plainly, and either can be kept', async () => {
    const { items } = await api.get('/template-drafts')
    const { id, version, template, channel_id } = items.find((one) => one.name === `order_news_${stamp}`)
    await api.put(`/template-drafts/${id}`, { version, channel_id, template: { ...template, components: template.components.filter((part) => part.type !== 'FOOTER') } })
    await page.getByRole('textbox', { name: /^Footer/ }).fill('Acme Coffee, London')
    await page.getByText('Somebody saved this draft in the meantime').waitFor()
    await page.getByRole('button', { name: 'Keep mine and replace it' }).click()
    await saved()
    assert.equal(await page.getByRole('textbox', { name: /^Footer/ }).inputValue(), 'Acme Coffee, London')
  })

  it('is submitted after what happens was said', async () => {
    await submit()
    await dialog().getByText('Name and language can never be changed afterwards.').waitFor()
    await page.keyboard.press('Escape')
    const id = await handIn()
    const template = await until(() => api.get(`/templates/${id}`), (one) => one.status === 'PENDING' || one.status === 'APPROVED')
    assert.equal(template.name, `order_news_${stamp}`)
    assert.deepEqual(template.components.find((part) => part.type === 'BUTTONS').buttons.map(({ type }) => type), ['QUICK_REPLY', 'QUICK_REPLY', 'URL'])
    const { items } = await api.get('/template-drafts')
    assert.equal(items.some((draft) => draft.name === template.name), false)
  })
})

describe('a header with a picture', () => {
  it('has its sample uploaded and shown', async () => {
    await page.goto(`${BASE_URL}/templates/new?from=win_back`)
    await name().fill(`we_miss_you_${stamp}`)
    await page.getByRole('radio', { name: 'Image' }).click()
    await page.getByTestId('sample-picker').setInputFiles({ name: 'cup.png', mimeType: 'image/png', buffer: PNG })
    await page.locator('[data-sample]').getByText('cup.png').waitFor()
    await preview().locator('img').waitFor()
    await saved()
    await page.reload()
    await page.locator('[data-sample]').getByText('cup.png').waitFor()
    // In the window that uploaded it, it is shown after it was submitted as well.
    await page.getByRole('button', { name: 'Remove the sample' }).click()
    await page.getByTestId('sample-picker').setInputFiles({ name: 'cup.png', mimeType: 'image/png', buffer: PNG })
    await preview().locator('img').waitFor()
    await handIn()
    await page.getByRole('group', { name: 'Preview on a phone' }).locator('img').waitFor()
  })
})

describe('a template that the review refuses', () => {
  it('is mended and submitted again', async () => {
    await page.goto(`${BASE_URL}/templates/new?from=order_update`)
    await name().fill(`sim_reject_format_${stamp}`)
    const id = await handIn()
    const refused = await until(() => api.get(`/templates/${id}`), (one) => one.status === 'REJECTED')
    // The name goes on refusing it; here the review waits for a decision.
    const { review_ms: review } = await sim('/config')
    await sim('/config', { review_ms: 3_600_000 })
    try {
      await page.goto(`${BASE_URL}/templates/${id}/edit`)
      await page.getByText('WhatsApp does not limit changes of this template.').waitFor()
      assert.equal(await name().isDisabled(), true)
      await body().fill('Hello {{1}}, your order {{2}} will reach you on {{3}}, and we will tell you when it is there.')
      await saved()
      await page.reload()
      assert.match(await body().inputValue(), /will reach you/)
      assert.equal(await handIn(), id)
      await until(() => api.get(`/templates/${id}`), (one) => one.status === 'PENDING')
      await sim(`/templates/${refused.whatsapp_id}/approve`, {})
      const mended = await until(() => api.get(`/templates/${id}`), (one) => one.status === 'APPROVED')
      assert.match(JSON.stringify(mended.components), /will reach you/)
      await page.getByText('Approved', { exact: true }).first().waitFor()
    } finally {
      await sim('/config', { review_ms: review })
    }
  })
})

describe('another language of a template', () => {
  it('has its name, which stays', async () => {
    const { items } = await api.get(`/templates?name=order_news_${stamp}`)
    await page.goto(`${BASE_URL}/templates/new?clone=${items[0].id}&language=de`)
    assert.equal(await name().inputValue(), `order_news_${stamp}`)
    assert.equal(await name().isDisabled(), true)
  })
})

describe('an authentication template', () => {
  it('asks for the app and the terms that zero tap needs', async () => {
    await page.goto(`${BASE_URL}/templates/new?from=one_time_code`)
    await name().fill(`code_${stamp}`)
    await page.getByRole('radio', { name: /^Zero tap/ }).check({ force: true })
    await submit()
    await page.getByText('Zero-tap needs the terms to be accepted.').waitFor()
    await page.getByRole('textbox', { name: 'Package name' }).fill('com.example.shop')
    await page.getByRole('textbox', { name: 'Signature hash' }).fill('K8a/AINcGX7')
    await page.getByRole('checkbox', { name: /^Our customers know/ }).click()
    await page.getByText('No problems found.').last().waitFor()
    await handIn()
  })
})

describe('on every screen', () => {
  for (const [language, dark, width] of [['en', false, 1440], ['en', true, 1440], ['ar', false, 390], ['ar', true, 1440]]) {
    it(`axe finds nothing serious: ${language}, ${dark ? 'dark' : 'light'}, ${width} px`, async () => {
      await page.setViewportSize({ width, height: 900 })
      await page.evaluate(([language, theme]) => {
        localStorage.setItem('wapro.language', language)
        localStorage.setItem('wapro.theme', theme)
      }, [language, dark ? 'dark' : 'light'])
      await page.goto(`${BASE_URL}/templates/new?from=order_update`)
      await page.locator('main form').waitFor()
      await settle(page)
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), true)
      await page.evaluate(AXE)
      const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
      assert.deepEqual(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(', ')}`), [])
    })
  }
})
