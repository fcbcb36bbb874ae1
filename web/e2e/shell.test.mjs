// The frame around the pages: navigation, Settings, Home, tables, shortcuts, forms that ask before they are left, and what is loaded first.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { at, BASE_URL, demoLogins, open, signIn } from '../scripts/browser.mjs'
import { apiOf } from '../scripts/server.mjs'

const stamp = Date.now().toString().slice(-7)
const { logins, simulator } = await demoLogins()
const admin = logins[0]
const agent = logins.find(({ email }) => email.startsWith('maya'))
let browser
let page
const said = []

const heading = (name) => page.getByRole('heading', { level: 1, name, exact: true })
const focusedHeading = (name) => heading(name).and(page.locator(':focus')).waitFor()

before(async () => {
  browser = await open({ viewport: { width: 1360, height: 860 } })
  page = browser.context.pages()[0] ?? (await browser.context.newPage())
  page.on('console', (message) => message.type() === 'error' && said.push(message.text()))
})
after(() => browser?.close())
afterEach(async () => {
  if (await page.getByRole('alertdialog').count()) await page.getByRole('button', { name: 'Discard' }).click()
})

describe('the first load', () => {
  it('brings every file compressed once, as it was built', async () => {
    const html = await fetch(`${BASE_URL}/sign-in`, { headers: { 'Accept-Encoding': 'br' } })
    assert.equal(html.headers.get('content-encoding'), 'br')
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(await html.text())?.[1]
    for (const [wanted, expected] of [['br', 'br'], ['gzip', 'gzip'], ['br;q=0, gzip', 'gzip'], ['identity', null]]) {
      const file = await fetch(BASE_URL + script, { headers: { 'Accept-Encoding': wanted } })
      assert.equal(file.headers.get('content-encoding'), expected, wanted)
      assert.match(file.headers.get('vary') ?? '', /accept-encoding/i)
      assert.match(await file.text(), /\w/)
    }
  })

  it('of the inbox is small, and the console stays empty', async () => {
    await signIn(page, admin, '/settings/appearance')
    const sizes = new Map()
    const client = await browser.context.newCDPSession(page)
    await client.send('Network.enable')
    await client.send('Network.setCacheDisabled', { cacheDisabled: true })
    const urls = new Map()
    client.on('Network.responseReceived', ({ requestId, response }) => urls.set(requestId, response.url))
    client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => sizes.set(urls.get(requestId) ?? requestId, encodedDataLength))
    said.length = 0
    await page.goto(`${BASE_URL}/inbox`)
    await page.locator('[data-conversation]').first().waitFor()
    await page.waitForLoadState('networkidle')
    const files = [...sizes].filter(([url]) => new URL(url).pathname.startsWith('/assets/'))
    const scripts = files.filter(([url]) => url.endsWith('.js')).reduce((sum, [, size]) => sum + size, 0)
    await client.detach()
    console.log(`first load of the inbox: ${Math.round(scripts / 1000)} kB of JavaScript in ${files.length} files, ${sizes.size} requests`)
    assert.ok(scripts <= 230_000, `${scripts} bytes of JavaScript`)
    assert.ok(sizes.size <= 20, [...sizes.keys()].join('\n'))
    assert.deepEqual(said, [])
  })

  it('without a connection, what is fetched ahead fails silently', async () => {
    await browser.context.setOffline(true)
    said.length = 0
    try {
      await page.waitForFunction(() => document.querySelector('[data-live=offline]'))
      // The command bar was not loaded before: it is fetched only when it is opened.
      assert.deepEqual(said.filter((words) => /chunk|module|Failed to fetch dynamically/i.test(words)), [])
    } finally {
      await browser.context.setOffline(false)
    }
    await page.locator('[data-live=live]').waitFor()
  })
})

describe('navigation', () => {
  it('a jump by keyboard puts the focus on the page’s heading', async () => {
    await page.goto(`${BASE_URL}/inbox`)
    await heading('Inbox').waitFor()
    for (const [key, name] of [['c', 'Contacts'], ['h', 'Home'], ['n', 'Numbers'], ['k', 'API keys'], ['i', 'Inbox']]) {
      await page.keyboard.press('g')
      await page.keyboard.press(key)
      await focusedHeading(name)
    }
  })

  it('shortcuts work on an Arabic keyboard', async () => {
    const press = (key, code, init = {}) => page.evaluate(([k, c, i]) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: k, code: c, bubbles: true, cancelable: true, ...i })), [key, code, init])
    await press('ل', 'KeyG')
    await press('ؤ', 'KeyC')
    await focusedHeading('Contacts')
    await press('؟', 'Slash', { shiftKey: true })
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    await page.keyboard.press('Escape')
    await press('ن', 'KeyK', { ctrlKey: true })
    await page.locator('[role=dialog] [cmdk-list]').waitFor()
    await page.keyboard.press('Escape')
  })

  it('single keys can be switched off, and stay off', async () => {
    await page.goto(`${BASE_URL}/settings/shortcuts`)
    const toggle = page.getByRole('switch', { name: 'Single-key shortcuts' })
    await toggle.click()
    await page.reload()
    await toggle.and(page.locator('[aria-checked=false]')).waitFor()
    await page.locator('#main').focus()
    await page.keyboard.press('g')
    await page.keyboard.press('i')
    await page.keyboard.press('?')
    assert.match(page.url(), /\/settings\/shortcuts$/)
    assert.equal(await page.getByRole('dialog').count(), 0)
    await toggle.click()
  })

  it('Settings have a shell of their own, and Back leads to where one was', async () => {
    await page.goto(`${BASE_URL}/contacts`)
    await page.getByRole('link', { name: 'Settings' }).click()
    const list = page.getByRole('navigation', { name: 'Settings' })
    await list.getByRole('link', { name: 'Modules' }).click()
    await heading('Modules').waitFor()
    assert.equal(await page.getByRole('link', { name: 'Contacts' }).count(), 0)
    await page.getByRole('link', { name: 'Back', exact: true }).click()
    await at(page, '**/contacts')
    await page.keyboard.press('Control+k')
    await page.locator('[role=dialog] input:focus').waitFor()
    await page.keyboard.type('appearance')
    await page.keyboard.press('Enter')
    await focusedHeading('Appearance')
  })

  it('old addresses lead to the pages as they are now', async () => {
    for (const [old, now] of [['/numbers', '/settings/numbers'], ['/developers', '/settings/keys'], ['/developers/webhooks', '/settings/webhook-events']]) {
      await page.goto(BASE_URL + old)
      await at(page, `**${now}`)
    }
  })

  it('every page has one h1 and one main', async () => {
    for (const path of ['/home', '/inbox', '/contacts', '/settings/appearance', '/settings/shortcuts', '/settings/numbers', '/settings/numbers/connect', '/settings/keys', '/settings/webhook-events', '/settings/modules', '/no-such-page', ...(simulator ? ['/simulator'] : [])]) {
      await page.goto(BASE_URL + path)
      await page.locator('main h1').first().waitFor({ state: 'attached' })
      assert.deepEqual(await page.evaluate(() => [document.querySelectorAll('h1').length, document.querySelectorAll('main').length]), [1, 1], path)
    }
  })
})

describe('a form that is left', () => {
  it('asks first: by link, by Back and by Escape; and keeps everything when one stays', async () => {
    await page.goto(`${BASE_URL}/contacts`)
    await page.goto(`${BASE_URL}/settings/numbers`)
    await page.getByRole('link', { name: 'Connect a number' }).first().click()
    const name = page.getByLabel('Name', { exact: true })
    await name.fill('Half a number')
    await page.getByRole('link', { name: 'Modules' }).click()
    const question = page.getByRole('alertdialog', { name: 'Leave without saving?' })
    await question.getByRole('button', { name: 'Keep editing' }).click()
    assert.equal(await name.inputValue(), 'Half a number')
    await page.evaluate(() => window.history.back())
    await question.getByRole('button', { name: 'Keep editing' }).click()
    assert.equal(await name.inputValue(), 'Half a number')
    await at(page, '**/settings/numbers/connect')
    await page.evaluate(() => window.history.back())
    await question.getByRole('button', { name: 'Discard' }).click()
    await at(page, '**/settings/numbers')
    // It was kept for this tab, without the secrets.
    await page.getByRole('link', { name: 'Connect a number' }).first().click()
    assert.equal(await name.inputValue(), 'Half a number')
  })

  it('a new key keeps what was chosen, on Escape and on an error', async () => {
    await page.goto(`${BASE_URL}/settings/keys`)
    await page.getByRole('button', { name: 'Create key' }).first().click()
    const dialog = page.getByRole('dialog', { name: 'Create an API key' })
    await dialog.getByLabel('Name', { exact: true }).fill(`shop ${stamp}`)
    await dialog.getByRole('checkbox', { name: /contacts:read/ }).click()
    await page.keyboard.press('Escape')
    await page.getByRole('alertdialog').getByRole('button', { name: 'Keep editing' }).click()
    await page.route('**/api/v1/api-keys', (route) => (route.request().method() === 'POST' ? route.fulfill({ status: 503, contentType: 'application/problem+json', json: { status: 503, code: 'unavailable', title: '', detail: '' } }) : route.fallback()))
    await dialog.getByRole('button', { name: 'Create key' }).click()
    await dialog.getByText('The server is busy').waitFor()
    await page.unroute('**/api/v1/api-keys')
    assert.equal(await dialog.getByLabel('Name', { exact: true }).inputValue(), `shop ${stamp}`)
    await dialog.getByRole('checkbox', { name: /contacts:read/ }).and(page.locator('[aria-checked=true]')).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('alertdialog').getByRole('button', { name: 'Discard' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('alertdialog').waitFor({ state: 'detached' })
  })
})

describe('tables', () => {
  const names = () => page.locator('main [data-row] bdi').allInnerTexts()
  before(async () => {
    const api = apiOf(admin)
    for (const letter of ['b', 'a', 'c']) await api.post('/api-keys', { name: `${letter} table ${stamp}`, scopes: ['contacts:read'] })
  })

  it('sort by a column, and the address keeps it', async () => {
    await page.goto(`${BASE_URL}/settings/keys`)
    await page.getByRole('button', { name: 'Name', exact: true }).click()
    await at(page, '**/settings/keys?sort=name')
    const own = async () => (await names()).filter((name) => name.endsWith(stamp))
    await page.locator('th[aria-sort=ascending]').waitFor()
    assert.deepEqual(await own(), ['a', 'b', 'c'].map((letter) => `${letter} table ${stamp}`))
    await page.getByRole('button', { name: 'Name', exact: true }).click()
    await page.locator('th[aria-sort=descending]').waitFor()
    assert.deepEqual(await own(), ['c', 'b', 'a'].map((letter) => `${letter} table ${stamp}`))
    await page.reload()
    await page.locator('th[aria-sort=descending]').waitFor()
  })

  it('filter by chips in the address, and show other columns', async () => {
    await page.getByRole('button', { name: 'Filter' }).click()
    await page.getByRole('menuitemradio', { name: 'Expired' }).click()
    await page.getByText('Nothing matches these filters.').waitFor()
    await at(page, /state=expired/)
    await page.getByRole('button', { name: 'Remove filter Status: Expired' }).click()
    await page.locator('main [data-row]').first().waitFor()
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByRole('menuitemcheckbox', { name: 'Created by' }).click()
    await page.keyboard.press('Escape')
    await page.getByRole('columnheader', { name: 'Created by' }).waitFor()
    await page.reload()
    await page.getByRole('columnheader', { name: 'Created by' }).waitFor()
  })

  it('say how many rows are selected, and do one thing to all of them', async () => {
    for (const letter of ['a', 'b', 'c']) await page.getByRole('checkbox', { name: `Select ${letter} table ${stamp}` }).click()
    const bar = page.getByRole('group', { name: '3 keys selected' })
    await bar.getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('dialog', { name: 'Revoke 3 keys?' }).getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByRole('checkbox', { name: `Select a table ${stamp}` }).waitFor({ state: 'detached' })
    assert.deepEqual((await names()).filter((name) => name.endsWith(stamp)), [])
  })
})

describe('numbers', () => {
  it('are not called connected beside a declined name, and a test moves nothing', async () => {
    await page.route('**/api/v1/channels?*', async (route) => {
      const answer = await route.fetch()
      const body = await answer.json()
      await route.fulfill({ response: answer, json: { ...body, items: body.items.map((channel, i) => (i === 0 ? { ...channel, name_status: 'DECLINED' } : channel)) } })
    })
    await page.goto(`${BASE_URL}/settings/numbers`)
    const row = page.locator('[data-row]').first()
    await row.locator('[data-health=attention]').waitFor()
    await page.goto(`${BASE_URL}/home`)
    await page.locator('[data-problem=name]').getByRole('link', { name: /Open WhatsApp Manager/ }).waitFor()
    await page.unroute('**/api/v1/channels?*')
  })

  it('have a page each: health, connection, activity', async () => {
    await page.goto(`${BASE_URL}/settings/numbers`)
    await page.locator('[data-row] a').last().click()
    await page.getByRole('button', { name: 'Test connection' }).click()
    await page.getByText('Everything works').waitFor()
    await page.getByRole('tab', { name: 'Connection' }).click()
    await page.locator('[data-webhook-url]').waitFor()
    await page.getByRole('tab', { name: 'Activity' }).click()
    await page.getByRole('region', { name: 'Activity' }).waitFor()
    await at(page, /tab=activity/)
  })
})

describe('an agent', () => {
  it('starts at Home, sees no webhook address and no page that is not theirs', async () => {
    const other = await open({ viewport: { width: 1360, height: 860 } })
    try {
      const own = other.context.pages()[0] ?? (await other.context.newPage())
      await signIn(own, agent, '/')
      await at(own, '**/home')
      await own.getByRole('link', { name: 'Settings' }).click()
      await own.getByRole('link', { name: 'Numbers' }).click()
      assert.equal(await own.getByRole('link', { name: 'Connect a number' }).count(), 0)
      await own.locator('[data-row] a').first().click()
      await own.getByRole('tab', { name: 'Connection' }).click()
      await own.getByText('Phone number ID').waitFor()
      assert.equal(await own.locator('[data-webhook-url]').count(), 0)
      assert.equal(await own.getByRole('link', { name: 'API keys' }).count(), 0)
      await own.goto(`${BASE_URL}/settings/numbers/connect`)
      await own.getByRole('heading', { level: 1 }).waitFor()
      assert.equal(await own.locator('form').count(), 0)
    } finally {
      await other.close()
    }
  })
})

describe('a phone', () => {
  it('has the bar by role, and Settings as a list', async () => {
    const small = await open({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true })
    try {
      const mobile = small.context.pages()[0] ?? (await small.context.newPage())
      await signIn(mobile, admin, '/home')
      const bar = mobile.getByRole('navigation', { name: 'Main' })
      assert.deepEqual((await bar.locator('a, button').allInnerTexts()).map((words) => words.replace(/\d|unread|messages?|\+|\n/g, '').trim()), ['Home', 'Inbox', 'Contacts', 'More'])
      await bar.getByRole('button', { name: 'More' }).click()
      await mobile.getByRole('dialog').getByRole('link', { name: 'Settings' }).click()
      await mobile.getByRole('link', { name: 'Numbers' }).click()
      await mobile.getByRole('heading', { level: 1, name: 'Numbers' }).waitFor()
      await mobile.getByRole('link', { name: 'Settings' }).first().click()
      await mobile.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
    } finally {
      await small.close()
    }
  })
})
