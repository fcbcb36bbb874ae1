// The pages under Settings, and what axe says of them and of Home, in both themes and languages.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, describe, it } from 'node:test'
import { at, BASE_URL, demoLogins, open, signIn } from '../scripts/browser.mjs'
import { settle } from '../scripts/screens.mjs'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const PAGES = ['/home', '/contacts', '/settings/profile', '/settings/security', '/settings/appearance', '/settings/shortcuts', '/settings/general', '/settings/numbers', '/settings/numbers/connect', '/settings/hours', '/settings/tags', '/settings/keys', '/settings/webhook-events', '/settings/modules']
const { logins } = await demoLogins()
const admin = logins[0]
let browser
let page

const heading = (name) => page.getByRole('heading', { level: 1, name, exact: true })

before(async () => {
  browser = await open({ viewport: { width: 1360, height: 900 } })
  page = browser.context.pages()[0] ?? (await browser.context.newPage())
  await signIn(page, admin, '/settings/profile')
})
after(() => browser?.close())

describe('profile and security', () => {
  it('a name is changed, discarded and saved with the one bar', async () => {
    await heading('Profile').waitFor()
    const name = page.getByLabel('Name', { exact: true })
    const before = await name.inputValue()
    await name.fill('Alexandra Morgan')
    await page.getByRole('button', { name: 'Discard' }).click()
    assert.equal(await name.inputValue(), before)
    await name.fill('Alexandra Morgan')
    await page.getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('Your profile was saved').first().waitFor()
    await page.getByText('Unsaved changes').waitFor({ state: 'detached' })
    await page.goto(`${BASE_URL}/home`)
    await page.getByRole('button', { name: /^Account:\s+Alexandra Morgan/ }).waitFor()
    await page.goto(`${BASE_URL}/settings/profile`)
    await name.fill(before)
    await page.getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('Unsaved changes').waitFor({ state: 'detached' })
  })

  it('a wrong current password is said at its field, and keeps what was typed', async () => {
    await page.goto(`${BASE_URL}/settings/security`)
    await page.getByLabel('Current password').fill('certainly wrong')
    await page.getByLabel('New password').fill('short')
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('Use at least 8 characters.').waitFor()
    await page.getByLabel('New password').fill('another good one')
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('That is not your current password.').waitFor()
    assert.equal(await page.getByLabel('New password').inputValue(), 'another good one')
    await page.locator('[data-session=current]').getByText('This browser').waitFor()
    await page.getByLabel('Current password').fill('')
    await page.getByLabel('New password').fill('')
  })
})

describe('the business', () => {
  it('has a time zone and a default country, which the hours follow', async () => {
    await page.goto(`${BASE_URL}/settings/general`)
    const zone = page.getByLabel('Time zone')
    const chosen = (await zone.inputValue()) === 'Europe/London' ? 'Asia/Dubai' : 'Europe/London'
    await zone.selectOption(chosen)
    await page.getByLabel('Default country').selectOption({ label: 'United Kingdom' })
    await page.getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('Settings saved').first().waitFor()
    await page.goto(`${BASE_URL}/settings/hours`)
    await page.getByRole('link', { name: chosen }).waitFor()
  })

  it('sets its hours by typing and by dragging, and a holiday', async () => {
    await page.getByRole('switch', { name: 'Always open' }).click()
    const saturday = page.getByRole('listitem').filter({ hasText: 'Saturday' }).first()
    const bar = saturday.locator('[data-day-bar]')
    await bar.scrollIntoViewIfNeeded()
    const box = await bar.boundingBox()
    const x = (hour) => box.x + (box.width * hour) / 24
    await page.mouse.move(x(10), box.y + 10)
    await page.mouse.down()
    await page.mouse.move(x(12), box.y + 10)
    await page.mouse.move(x(14), box.y + 10)
    await page.mouse.up()
    assert.equal(await page.getByLabel('Saturday: opens at').inputValue(), '10:00')
    assert.equal(await page.getByLabel('Saturday: closes at').inputValue(), '14:00')
    await page.getByLabel('Monday: closes at').fill('18:30')
    await page.getByRole('button', { name: 'Add hours: Monday' }).click()
    await page.getByLabel('Monday: opens at').nth(1).fill('18:00')
    await page.getByText('These hours overlap with others on the same day.').waitFor()
    await page.getByRole('button', { name: 'Save changes' }).click()
    await page.getByLabel('Monday: opens at').nth(1).and(page.locator('[aria-invalid=true]')).waitFor()
    await page.getByRole('button', { name: 'Remove: Monday, 18:00' }).click()
    await page.getByRole('button', { name: 'Add a day' }).click()
    await page.getByLabel('Date', { exact: true }).fill('2027-12-25')
    await page.getByRole('region', { name: 'Holidays' }).getByLabel('Name').fill('Christmas')
    await page.getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('Opening hours saved').first().waitFor()
    await page.reload()
    assert.equal(await page.getByLabel('Saturday: closes at').inputValue(), '14:00')
    assert.equal(await page.getByLabel('Monday: closes at').inputValue(), '18:30')
    await page.locator('[data-open]').waitFor()
    await page.getByRole('switch', { name: 'Always open' }).click()
    await page.getByRole('button', { name: 'Remove Christmas' }).click()
    await page.getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('Unsaved changes').waitFor({ state: 'detached' })
  })
})

describe('a view', () => {
  it('is saved under a name, shown again and deleted', async () => {
    await page.goto(`${BASE_URL}/contacts?tag=VIP&sort=-name`)
    await page.locator('main [data-row]').first().waitFor()
    await page.getByRole('button', { name: 'Views' }).click()
    await page.getByRole('menuitem', { name: 'Save this view…' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('My VIPs')
    await page.getByRole('dialog').getByRole('button', { name: 'Save changes' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.goto(`${BASE_URL}/contacts`)
    await page.locator('main [data-row]').first().waitFor()
    await page.getByRole('button', { name: 'Views' }).click()
    await page.getByRole('menuitem', { name: 'My VIPs' }).click()
    await at(page, /tag=VIP/)
    await page.getByRole('button', { name: 'Remove filter Tag: VIP' }).waitFor()
    await page.getByRole('button', { name: 'Views' }).click()
    await page.getByRole('menuitem', { name: 'Manage views…' }).click()
    await page.getByRole('button', { name: 'Delete view My VIPs' }).click()
    await page.getByRole('button', { name: 'Delete view My VIPs' }).waitFor({ state: 'detached' })
    await page.keyboard.press('Escape')
  })
})

describe('axe', () => {
  for (const [theme, language] of [['light', 'en'], ['dark', 'ar']]) {
    it(`finds nothing serious (${theme}, ${language})`, async () => {
      await page.evaluate(([t, l]) => {
        localStorage.setItem('wapro.theme', t)
        localStorage.setItem('wapro.language', l)
      }, [theme, language])
      const found = []
      for (const path of PAGES) {
        await page.goto(BASE_URL + path)
        await page.locator('main h1').first().waitFor({ state: 'attached' })
        await settle(page)
        // Not by a script element: the policy of the page forbids those.
        await page.evaluate(AXE)
        const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
        for (const { id, impact, nodes } of violations) if (['serious', 'critical'].includes(impact)) found.push(`${path}: ${id}: ${nodes.map(({ html }) => html.slice(0, 140)).join(' | ')}`)
      }
      await page.evaluate(() => {
        localStorage.removeItem('wapro.theme')
        localStorage.setItem('wapro.language', 'en')
      })
      assert.deepEqual(found, [])
    })
  }
})
