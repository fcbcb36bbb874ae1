// Templates: found in the list, looked at, filled, sent as a test and from the composer; what WhatsApp decides arrives live.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, describe, it } from 'node:test'
import { BASE_URL, at, demoLogins, open, signIn } from '../scripts/browser.mjs'
import { simPhone } from '../scripts/rich.mjs'
import { settle } from '../scripts/screens.mjs'
import { apiOf, sim, until } from '../scripts/server.mjs'
import { conversationWith } from '../scripts/stage.mjs'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const stamp = Date.now().toString().slice(-7)
const customer = { name: `Greta Moss ${stamp}`, from: `4479${stamp.padStart(8, '0')}` }
const own = `4475${stamp.padStart(8, '0')}`
const NEWS = `parcel_news_${stamp}`
const DOOMED = `weekend_deal_${stamp}`
const CHANGED = `opening_hours_${stamp}`
let api
let login
let phone
let browser
let page

const row = (name) => page.locator('main [data-row]').filter({ hasText: name })
const dialog = () => page.getByRole('dialog')
/** A template that WhatsApp has; the copy learns of it by a sync. */
const make = (name, language, body, more = {}) =>
  sim('/templates', { waba_id: phone.waba_id, name, language, category: 'UTILITY', status: 'APPROVED', parameter_format: 'POSITIONAL', components: [{ type: 'BODY', ...body }], ...more })
const synced = async () => {
  await api.post('/templates/sync', {})
  await until(() => api.get('/templates/accounts'), ({ items }) => items.length > 0 && items.every((account) => !account.syncing && account.synced_at))
}
const copyOf = async (name, language = 'en') => (await api.get(`/templates?name=${name}`)).items.find((one) => one.language === language)
const openTemplate = async (name) => {
  await page.goto(`${BASE_URL}/templates/${(await copyOf(name)).id}`)
  await page.getByRole('heading', { name, exact: true }).waitFor()
}

before(async () => {
  login = (await demoLogins()).logins[0]
  api = apiOf(login)
  phone = await simPhone('Acme Coffee')
  const body = { text: 'Hi {{1}}, your parcel {{2}} is on its way.', example: { body_text: [['Ana', 'A-77']] } }
  await make(NEWS, 'en', body)
  await make(NEWS, 'ar', { text: 'مرحبًا {{1}}، طردك {{2}} في الطريق إليك.', example: { body_text: [['سارة', 'A-77']] } })
  await make(DOOMED, 'en', { text: 'Two bags for the price of one, this weekend only.' }, { category: 'MARKETING' })
  await make(CHANGED, 'en', { text: 'We are open until six today.' })
  await synced()
  await sim('/inbound', { phone_id: phone.id, ...customer, type: 'text', text: { body: 'Where is my parcel?' } })
  await conversationWith(api, customer.name)
  browser = await open({ viewport: { width: 1440, height: 900 } })
  page = browser.context.pages()[0] ?? (await browser.context.newPage())
  await signIn(page, login, '/templates')
})
after(() => browser?.close())

describe('the list', () => {
  it('finds a template by its words, and keeps what was searched and filtered in the address', async () => {
    await row('order_update').first().waitFor()
    await page.getByRole('searchbox', { name: 'Search name or text' }).fill(NEWS)
    await page.waitForFunction(() => document.querySelectorAll('main [data-row]').length === 2)
    await at(page, (url) => url.searchParams.get('search') === NEWS)
    await page.getByRole('button', { name: 'Filter' }).click()
    await page.getByRole('menuitemradio', { name: 'Arabic' }).click()
    await page.keyboard.press('Escape')
    await at(page, (url) => url.searchParams.get('language') === 'ar')
    await page.waitForFunction(() => document.querySelectorAll('main [data-row]').length === 1)
    await page.reload()
    await row(NEWS).waitFor()
    assert.equal(await page.locator('main [data-row]').count(), 1)
  })

  it('says how far the copy is, and reads it again when told to', async () => {
    await page.goto(`${BASE_URL}/templates`)
    await page.locator('[data-account]').first().getByText(/synced/).waitFor()
    await make(`late_${stamp}`, 'en', { text: 'Better late than never.' })
    await page.getByRole('button', { name: 'Sync now' }).click()
    await row(`late_${stamp}`).waitFor()
  })
})

describe('one template', () => {
  it('shows the phone with its samples or its variables, and its languages side by side', async () => {
    await page.goto(`${BASE_URL}/templates?search=${NEWS}`)
    await row(NEWS).filter({ hasText: 'English' }).getByRole('link').click()
    await page.getByRole('heading', { name: NEWS, exact: true }).waitFor()
    const preview = page.getByRole('group', { name: 'Preview on a phone' })
    await preview.getByText('Hi Ana, your parcel A-77 is on its way.').waitFor()
    await page.getByRole('radio', { name: 'Variables' }).click()
    await preview.getByText('{{1}}').waitFor()
    const arabic = page.locator('[data-language=ar]')
    await arabic.getByText('مرحبًا سارة').waitFor()
    assert.equal(await arabic.locator('[data-phone]').getAttribute('dir'), 'rtl')
  })

  it('keeps what its variables are filled with', async () => {
    await openTemplate(NEWS)
    const name = page.locator('[data-mapping=body_1]')
    await name.getByLabel('Text for').first().selectOption('contact')
    await name.getByLabel('Field').selectOption('first_name')
    await name.getByLabel('If the contact has none').fill('there')
    const parcel = page.locator('[data-mapping=body_2]')
    await parcel.getByLabel('Text for').first().selectOption('ask')
    await page.getByRole('region', { name: 'What its variables are filled with' }).getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('Saved', { exact: true }).waitFor()
    const { mapping } = await copyOf(NEWS)
    assert.deepEqual(mapping.body_1, { from: 'contact', field: 'first_name', fallback: 'there' })
    assert.deepEqual(mapping.body_2, { from: 'ask' })
  })

  it('is sent as a test, filled in on the phone itself', async () => {
    await openTemplate(NEWS)
    await page.getByRole('button', { name: 'Send a test' }).click()
    await dialog().getByLabel('Your phone number').fill('not a number')
    await dialog().getByRole('button', { name: 'Send test' }).press('Enter')
    await dialog().getByText('Enter a number with its country code.').first().waitFor()
    await dialog().getByLabel('Your phone number').fill(`+${own}`)
    const blanks = dialog().locator('[data-slot-field]')
    await page.waitForFunction(() => document.querySelector('[role=dialog] [data-slot-field=body_1]')?.value === 'there')
    // What nothing fills has its sample.
    assert.equal(await blanks.nth(1).inputValue(), 'A-77')
    await blanks.nth(0).fill('Ida')
    await blanks.nth(1).fill('B-12')
    await dialog().getByRole('button', { name: 'Send test' }).click()
    await page.getByText('Test sent to').waitFor()
    await dialog().waitFor({ state: 'detached' })
    const sent = await until(async () => (await api.get(`/conversations?search=${own}`)).items[0], (one) => one?.preview?.includes('B-12'))
    assert.match(sent.preview, /Hi Ida, your parcel B-12 is on its way\./)
  })
})

describe('what WhatsApp decides', () => {
  it('arrives live: the row changes, those who may act are told, and Home names it', async () => {
    await page.goto(`${BASE_URL}/templates?search=${DOOMED}`)
    await row(DOOMED).getByText('Approved').waitFor()
    const { whatsapp_id: id } = await copyOf(DOOMED)
    await sim(`/templates/${id}/pause`, {})
    await row(DOOMED).getByText('Paused').waitFor()
    const notice = page.locator('[data-sonner-toast]').filter({ hasText: DOOMED })
    await notice.getByText(/was paused/).waitFor()
    await notice.getByRole('button', { name: 'Open' }).click()
    await at(page, (url) => /^\/templates\/tpl_/.test(url.pathname))
    await page.locator('[data-panel=status]').getByText('Paused', { exact: true }).waitFor()
    await page.goto(`${BASE_URL}/home`)
    const card = page.locator('[data-problem=templates]')
    await card.getByText(DOOMED).waitFor()
  })

  it('is told with its history and the announced category', async () => {
    const { whatsapp_id: id } = await copyOf(NEWS)
    await openTemplate(NEWS)
    await sim(`/templates/${id}/recategorize`, { category: 'MARKETING' })
    await page.locator('[data-panel=category]').getByText('Will become Marketing').waitFor()
    await page.locator('[data-template-event]').first().waitFor()
  })
})

describe('a change in review', () => {
  it('stands beside what is sent until it is approved', async () => {
    const { id, whatsapp_id: known } = await copyOf(CHANGED)
    const { review_ms: review } = await sim('/config')
    await sim('/config', { review_ms: 3_600_000 })
    try {
      await api.post(`/templates/${id}/edit`, { template: { components: [{ type: 'BODY', text: 'We are open until eight today.' }] } })
      await until(() => api.get(`/templates/${id}`), (one) => one.status === 'PENDING' && one.live)
      await openTemplate(CHANGED)
      const preview = page.getByRole('group', { name: 'Preview on a phone' })
      await preview.getByText('We are open until six today.').waitFor()
      await page.locator('[data-panel=status]').getByText('the version before is sent').waitFor()
      await page.getByRole('radio', { name: 'In review' }).click()
      await preview.getByText('We are open until eight today.').waitFor()
      // It can be sent: the composer has it.
      const conversation = await conversationWith(api, customer.name)
      await page.goto(`${BASE_URL}/inbox/${conversation.id}`)
      await page.getByRole('button', { name: 'Send a template' }).click()
      await dialog().getByLabel('Search templates').fill(CHANGED)
      await dialog().getByRole('button').filter({ hasText: CHANGED }).click()
      await dialog().getByRole('button', { name: 'Send', exact: true }).click()
      await page.locator('[data-message]').last().getByText('We are open until six today.').waitFor()
      await sim(`/templates/${known}/approve`, {})
      await openTemplate(CHANGED)
      await preview.getByText('We are open until eight today.').waitFor()
      assert.equal(await page.getByRole('radio', { name: 'In review' }).count(), 0)
    } finally {
      await sim('/config', { review_ms: review })
    }
  })
})

describe('the composer', () => {
  it('offers what can be sent, says why the rest cannot, and is filled from the contact', async () => {
    const conversation = await conversationWith(api, customer.name)
    await page.goto(`${BASE_URL}/inbox/${conversation.id}`)
    await page.getByRole('button', { name: 'Send a template' }).click()
    await dialog().getByLabel('Search templates').fill(DOOMED)
    const doomed = dialog().locator('[data-not-now=PAUSED]').filter({ hasText: DOOMED })
    await doomed.waitFor()
    assert.equal(await doomed.getByRole('button').count(), 0)
    await dialog().getByLabel('Search templates').fill(NEWS)
    await dialog().getByRole('button').filter({ hasText: NEWS }).filter({ hasText: 'Hi' }).click()
    await page.waitForFunction(() => document.querySelector('[role=dialog] [data-slot-field=body_1]')?.value === 'Greta')
    await dialog().getByRole('button', { name: 'Send', exact: true }).press('Enter')
    await dialog().getByText('This is required.').waitFor()
    await dialog().locator('[data-slot-field=body_2]').fill('C-99')
    await dialog().getByRole('button', { name: 'Send', exact: true }).click()
    await page.locator('[data-message]').last().getByText('Hi Greta, your parcel C-99 is on its way.').waitFor()
    const sent = await until(async () => (await api.get(`/conversations/${conversation.id}/messages?limit=1`)).items[0], (one) => one?.type === 'template' && one.status !== 'queued' && one.preview?.includes('C-99'))
    assert.match(sent.preview, /C-99/)
  })
})

describe('on every screen', () => {
  for (const [width, device] of [['desk', { viewport: { width: 1440, height: 900 } }], ['phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }]]) {
    for (const language of ['en', 'ar']) {
      it(`axe finds nothing serious and nothing is wider than the screen (${width}, ${language})`, async () => {
        const small = await open({ ...device, bypassCSP: true, colorScheme: language === 'ar' ? 'dark' : 'light' })
        try {
          await small.context.addInitScript(([code]) => localStorage.setItem('wapro.language', code), [language])
          const other = small.context.pages()[0] ?? (await small.context.newPage())
          await signIn(other, login, '/templates')
          for (const path of ['/templates', `/templates/${(await copyOf(NEWS)).id}`, `/templates/${(await copyOf(DOOMED)).id}`]) {
            await other.goto(BASE_URL + path)
            await other.locator('main [data-row], main [data-phone]').first().waitFor()
            await settle(other)
            await other.evaluate(AXE)
            const found = await other.evaluate(async () => {
              const { violations } = await window.axe.run({ include: [['main']] }, { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } })
              return violations.filter((v) => ['serious', 'critical'].includes(v.impact)).flatMap((v) => v.nodes.map((node) => `${v.id}: ${node.html.slice(0, 160)}`))
            })
            assert.deepEqual([...new Set(found)], [], path)
            assert.ok(await other.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), path)
          }
        } finally {
          await small.close()
        }
      })
    }
  }
})
