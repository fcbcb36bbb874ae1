// The newcomer's story, in a real browser against a running server: BASE_URL=… npm run e2e
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { at, BASE_URL, demoLogins, open, signIn } from '../scripts/browser.mjs'

const stamp = Date.now().toString().slice(-7)
const customer = { name: `Nadia ${stamp}`, phone: `+4479${stamp.padStart(8, '0')}` }
let browser
let page
let logins

const byRole = (where, role, name) => where.getByRole(role, { name })
const attribute = (locator, name, value) => locator.and(locator.page().locator(`[${name}="${value}"]`)).waitFor()

before(async () => {
  ;({ logins } = await demoLogins())
  browser = await open({ viewport: { width: 1360, height: 860 } })
  await browser.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: BASE_URL }).catch(() => undefined)
  page = browser.context.pages()[0] ?? (await browser.context.newPage())
})
after(() => browser?.close())

describe('sign-in', () => {
  it('says what is wrong with the password', async () => {
    await page.goto(`${BASE_URL}/inbox`)
    await at(page, '**/sign-in?next=%2Finbox')
    await page.getByLabel('Email').fill(logins[0].email)
    await page.getByLabel('Password', { exact: true }).fill('certainly wrong')
    await page.getByLabel('Password', { exact: true }).press('Enter')
    await page.getByText(/password is wrong|Too many attempts/).waitFor()
  })

  it('lets a demo account in with one click and goes where it was headed', async () => {
    await page.getByRole('button', { name: logins[0].email }).click()
    await at(page, '**/inbox')
    await byRole(page, 'heading', 'Inbox').waitFor()
    await page.locator('[data-live=live]').waitFor()
  })
})

describe('a conversation, from the customer’s first word to blue ticks', () => {
  let phone
  const own = (text) => page.locator('[data-message][data-direction=outbound]').filter({ hasText: text })

  it('a customer writes, and the inbox shows it without a reload', async () => {
    await byRole(page, 'heading', 'Inbox').waitFor()
    await page.evaluate(() => (window.__untouched = true))
    phone = await browser.context.newPage()
    await phone.goto(`${BASE_URL}/simulator?window=1`)
    await byRole(phone, 'button', 'New customer').first().click()
    const dialog = byRole(phone, 'dialog', 'New customer')
    await dialog.getByLabel('Name', { exact: true }).fill(customer.name)
    await dialog.getByLabel('Phone number').last().fill(customer.phone)
    await byRole(dialog, 'button', 'Add customer').click()
    await dialog.waitFor({ state: 'detached' })
    await byRole(phone, 'region', `Phone of ${customer.name}`).waitFor()
    await phone.getByRole('textbox').fill('Hello, do you open on Sunday?')
    await phone.keyboard.press('Enter')
    // Among the messages: what is only written stands in the field, which has the same text.
    await byRole(phone, 'log', 'Messages').getByText('Hello, do you open on Sunday?').waitFor()

    const row = page.locator('[data-conversation]').filter({ hasText: customer.name })
    await row.filter({ hasText: 'do you open on Sunday?' }).waitFor()
    await row.getByText('1 unread message').waitFor({ state: 'attached' })
    assert.equal(await page.evaluate(() => window.__untouched), true)
  })

  it('opening it marks it read and opens the window', async () => {
    const row = page.locator('[data-conversation]').filter({ hasText: customer.name })
    await row.click()
    await page.locator('[data-direction=inbound]').filter({ hasText: 'Sunday' }).waitFor()
    await row.getByText('1 unread message').waitFor({ state: 'detached' })
    await page.locator('[data-window=open]').waitFor()
  })

  it('the answer reaches the phone; its ticks go sent, delivered, read', async () => {
    // The phone is offline first, so that each tick can be seen for itself.
    await byRole(phone, 'switch', 'Read receipts').click()
    await byRole(phone, 'switch', 'Online').click()
    await phone.getByText('This phone is offline').waitFor()

    await byRole(page, 'textbox', `Message to ${customer.name}`).fill('Yes, from nine to two.')
    await page.keyboard.press('Enter')
    const ticks = own('from nine to two').locator('[data-status]')
    await attribute(ticks, 'data-status', 'sent')

    await byRole(phone, 'switch', 'Online').click()
    await phone.getByText('Yes, from nine to two.').first().waitFor()
    await attribute(ticks, 'data-status', 'delivered')

    await byRole(phone, 'switch', 'Read receipts').click()
    await phone.bringToFront()
    await attribute(ticks, 'data-status', 'read')
    await page.bringToFront()
  })

  it('keeps a draft for each conversation', async () => {
    await byRole(page, 'textbox', `Message to ${customer.name}`).fill('half a thought')
    await page.keyboard.press('Escape')
    await page.locator('[data-conversation]').filter({ hasNotText: customer.name }).first().click()
    await page.locator('[data-conversation]').filter({ hasText: customer.name }).click()
    const box = byRole(page, 'textbox', `Message to ${customer.name}`)
    await box.waitFor()
    assert.equal(await box.inputValue(), 'half a thought')
    await box.fill('')
  })

  it('a place and something unsupported are said in words', async () => {
    await phone.bringToFront()
    await byRole(phone, 'button', 'Attach').click()
    await byRole(phone, 'menuitem', 'Location').click()
    const dialog = byRole(phone, 'dialog', 'Location')
    await dialog.getByLabel(/Name of the place/).fill('Harbour gate 4')
    await byRole(dialog, 'button', 'Send').click()
    await page.locator('[data-direction=inbound]').filter({ hasText: 'Harbour gate 4' }).waitFor()
    await byRole(phone, 'button', 'Attach').click()
    await byRole(phone, 'menuitem', 'Unsupported type').click()
    await page.locator('[data-direction=inbound]').filter({ hasText: 'does not deliver' }).waitFor()
    await phone.close()
    await page.bringToFront()
  })
})

describe('numbers', () => {
  const name = `Line ${stamp}`

  it('a simulated one is connected by its name alone, and tested', async () => {
    await page.goto(`${BASE_URL}/settings/numbers`)
    await byRole(page, 'link', 'Connect a number').first().click()
    await byRole(page, 'heading', 'Connect a number').waitFor()
    await page.getByLabel('Name', { exact: true }).fill(name)
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await page.getByText('Everything works').waitFor()
    await byRole(page, 'button', 'Done').click()
    await byRole(page, 'heading', name).waitFor()
  })

  it('a message that fails says why and what to do', async () => {
    await page.goto(`${BASE_URL}/inbox?new`)
    const dialog = byRole(page, 'dialog', 'New conversation')
    // The simulator fails whatever is sent to this number with the code in its last digits.
    await dialog.getByLabel('To', { exact: true }).fill('+999000131026')
    await page.keyboard.press('Enter')
    await dialog.getByRole('button', { name: /hello_world/ }).click()
    await dialog.getByRole('button', { name: /^Send to/ }).click()
    const bubble = page.locator('[data-message][data-direction=outbound]').last()
    await bubble.getByText('Details').click()
    await bubble.getByText('131026').waitFor()
    await byRole(bubble, 'button', 'Send again').waitFor()
    await page.locator('[data-window=closed]').waitFor()
    await page.getByText('The 24-hour window is closed').waitFor()
  })

  it('are renamed and disconnected', async () => {
    await page.goto(`${BASE_URL}/settings/numbers`)
    await byRole(page, 'button', `Actions for ${name}`).click()
    await byRole(page, 'menuitem', 'Edit').click()
    await page.getByLabel('Name', { exact: true }).fill(`${name} renamed`)
    await byRole(page, 'button', 'Save changes').click()
    await byRole(page, 'button', `Actions for ${name} renamed`).click()
    await byRole(page, 'menuitem', 'Disconnect').click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Disconnect' }).click()
    await page.getByRole('alertdialog').waitFor({ state: 'detached' })
    await byRole(page, 'link', `${name} renamed`).waitFor({ state: 'detached' })
  })
})

describe('contacts', () => {
  const name = `Zora ${stamp}`

  it('are added, with the server’s own complaints on the right field', async () => {
    await page.goto(`${BASE_URL}/contacts`)
    await byRole(page, 'button', 'Add contact').first().click()
    const sheet = byRole(page, 'dialog', 'New contact')
    await sheet.getByLabel('Name', { exact: true }).fill(name)
    await sheet.getByLabel('Phone number').fill('12')
    await byRole(sheet, 'button', 'Add contact').click()
    await sheet.getByText('write it with a plus and the country code').waitFor()
    await sheet.getByLabel('Phone number').fill(customer.phone)
    await byRole(sheet, 'button', 'Add contact').click()
    await sheet.getByText('already exists').waitFor()
    await sheet.getByLabel('Phone number').fill(`+4478${stamp.padStart(8, '0')}`)
    await sheet.getByRole('combobox', { name: /^Tags/ }).fill(`e2e-${stamp}`)
    await page.keyboard.press('Enter')
    await byRole(sheet, 'button', 'Add contact').click()
    await sheet.waitFor({ state: 'detached' })
    await byRole(page, 'button', name).first().waitFor()
  })

  it('are found, changed and deleted', async () => {
    await page.getByPlaceholder('Search name or number').fill(name)
    await at(page, /\/contacts\?search=/)
    await page.locator('tbody tr').nth(1).waitFor({ state: 'detached' })
    await byRole(page, 'button', name).first().click()
    const sheet = byRole(page, 'dialog', name)
    await sheet.getByLabel(/^Note/).fill('Prefers mornings')
    await byRole(sheet, 'button', 'Save changes').click()
    await sheet.waitFor({ state: 'detached' })
    await byRole(page, 'button', `Actions for ${name}`).click()
    await byRole(page, 'menuitem', 'Delete').click()
    await byRole(page, 'alertdialog', `Delete ${name}?`).getByRole('button', { name: 'Delete contact' }).click()
    await page.getByText('No contacts found').waitFor()
  })
})

describe('developers', () => {
  it('create a key that works, and revoke it', async () => {
    await page.goto(`${BASE_URL}/settings/keys`)
    await byRole(page, 'button', 'Create key').first().click()
    const dialog = byRole(page, 'dialog', 'Create an API key')
    await dialog.getByLabel('Name', { exact: true }).fill(`e2e ${stamp}`)
    await dialog.getByRole('checkbox', { name: /contacts[:.]read/ }).click()
    await byRole(dialog, 'button', 'Create key').click()
    const key = await page.getByTestId('api-key').innerText()
    const call = () => fetch(`${BASE_URL}/api/v1/contacts?limit=1`, { headers: { Authorization: `Bearer ${key}` } })
    assert.equal((await call()).status, 200)
    await byRole(page, 'button', 'I have stored it').click()
    await byRole(page, 'button', `Actions for e2e ${stamp}`).click()
    await byRole(page, 'menuitem', 'Revoke').click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click()
    // An open dialog hides the page behind it from roles: only when it has closed is the key really gone.
    await page.getByRole('alertdialog').waitFor({ state: 'detached' })
    await byRole(page, 'button', `Actions for e2e ${stamp}`).waitFor({ state: 'detached' })
    assert.equal((await call()).status, 401)
  })
})

describe('the keyboard alone', () => {
  const focusedName = () => page.evaluate(() => document.activeElement?.textContent ?? '')

  it('skips to the content, goes anywhere and opens a conversation', async () => {
    await page.goto(`${BASE_URL}/contacts`)
    await byRole(page, 'heading', 'Contacts').waitFor()
    await page.keyboard.press('Tab')
    assert.equal(await focusedName(), 'Skip to content')
    await page.keyboard.press('Enter')
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'main')
    await page.keyboard.press('?')
    await byRole(page, 'dialog', 'Keyboard shortcuts').waitFor()
    await page.keyboard.press('Escape')
    await byRole(page, 'dialog', 'Keyboard shortcuts').waitFor({ state: 'detached' })
    await page.keyboard.press('g')
    await page.keyboard.press('i')
    await at(page, '**/inbox')
    await page.locator('[data-conversation]').first().waitFor()
    await page.keyboard.press('j')
    await at(page, '**/inbox/*')
    await page.locator('[data-message]').last().waitFor()
    await page.keyboard.press('ArrowUp')
    assert.equal(await page.evaluate(() => document.activeElement?.hasAttribute('data-message')), true)
  })

  it('runs the command bar', async () => {
    await page.keyboard.press('Control+k')
    await page.locator('[role=dialog] input:focus').waitFor()
    await page.keyboard.type('numbers')
    await page.locator('[role=option][aria-selected=true]').filter({ hasText: 'Numbers' }).waitFor()
    await page.keyboard.press('Enter')
    await at(page, '**/settings/numbers')
    await byRole(page, 'heading', 'Numbers').waitFor()
  })
})

describe('Arabic', () => {
  it('turns the page around, and back', async () => {
    await page.goto(`${BASE_URL}/inbox`)
    await byRole(page, 'heading', 'Inbox').waitFor()
    await page.keyboard.press('Control+k')
    await page.locator('[role=dialog] input:focus').waitFor()
    await page.keyboard.type('العربية')
    await page.locator('[role=option][aria-selected=true]').filter({ hasText: 'العربية' }).waitFor()
    await page.keyboard.press('Enter')
    await page.locator('html[lang=ar][dir=rtl]').waitFor()
    await byRole(page, 'heading', 'صندوق الوارد').waitFor()
    const side = await page.locator('aside').first().evaluate((el) => el.getBoundingClientRect().left > window.innerWidth / 2)
    assert.equal(side, true)
    await page.keyboard.press('Control+k')
    await page.locator('[role=dialog] input:focus').waitFor()
    await page.keyboard.type('English')
    await page.locator('[role=option][aria-selected=true]').filter({ hasText: 'English' }).waitFor()
    await page.keyboard.press('Enter')
    await page.locator('html[lang=en][dir=ltr]').waitFor()
  })
})

describe('businesses', () => {
  it('do not see each other', async (t) => {
    await page.goto(`${BASE_URL}/inbox`)
    await page.locator('[data-conversation]').filter({ hasText: customer.name }).waitFor()
    const switcher = page.getByRole('button', { name: /^Switch business/ })
    if ((await switcher.count()) === 0) return t.skip('the demo account belongs to one business only')
    await switcher.click()
    await page.getByRole('option').filter({ hasNotText: 'current' }).first().click()
    await page.getByText(/You are now in/).waitFor()
    await page.locator('[data-conversation]').filter({ hasText: customer.name }).waitFor({ state: 'detached' })
    await page.getByPlaceholder('Search name or number').fill(customer.name)
    await page.getByText('Nothing found').waitFor()
  })
})

describe('a phone’s width', () => {
  it('shows one pane at a time and nothing wider than the screen', async () => {
    const small = await open({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true })
    const mobile = small.context.pages()[0] ?? (await small.context.newPage())
    try {
      await signIn(mobile, logins[0])
      await mobile.locator('[data-conversation]').first().click()
      await mobile.locator('[data-message]').last().waitFor()
      assert.equal(await mobile.locator('[data-conversation]').count(), 0)
      await byRole(mobile, 'button', 'Back to conversations').click()
      await mobile.locator('[data-conversation]').first().waitFor()
      for (const path of ['/home', '/inbox', '/contacts', '/settings', '/settings/numbers', '/settings/numbers/connect', '/settings/keys', '/settings/webhook-events', '/settings/modules', '/settings/appearance', '/settings/shortcuts', '/simulator']) {
        await mobile.goto(BASE_URL + path)
        await mobile.locator('h1').first().waitFor({ state: 'attached' })
        assert.ok(await mobile.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), path)
      }
    } finally {
      await small.close()
    }
  })
})
