// Pictures of every screen, at two widths, light, dark and Arabic: `npm run screenshots -- [folder]`, ONLY=inbox,numbers for some of them.
// `ONLY=readme` renews the pictures that are kept, and only them.
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { BASE_URL, demoLogins, open, signIn } from './browser.mjs'
import { readme } from './readme-pictures.mjs'
import { everything, simPhone } from './rich.mjs'
import { apiOf, sim } from './server.mjs'
import * as stage from './stage.mjs'

const folder = resolve(process.argv[2] ?? '../docs/screenshots')
const named = process.env.ONLY?.split(',').map((name) => name.trim()).filter(Boolean) ?? []
const only = named.length > 0 ? new Set(named) : undefined
mkdirSync(folder, { recursive: true })

const WIDTHS = [
  { name: '1440', viewport: { width: 1440, height: Number(process.env.HEIGHT ?? 900) } },
  { name: '390', viewport: { width: 390, height: Number(process.env.HEIGHT ?? 844) }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
]
const LOOKS = [
  { name: 'light', theme: 'light', language: 'en' },
  { name: 'dark', theme: 'dark', language: 'en' },
  { name: 'arabic', theme: 'light', language: 'ar' },
]

const { logins, simulator } = await demoLogins()
const api = apiOf(logins[0])

/** Who tells which story; the conversations are found by their names. */
const PEOPLE = { received: 'Tom Becker', sent: 'Nora Lind', templates: 'Elif Kaya', amended: 'Sam Okafor', trouble: 'Ines Costa', held: 'Leo Brandt', closed: 'Zoe Martin' }

async function tellStories() {
  // Nobody waits five seconds for somebody to read.
  await sim('/config', { delays: { sent_ms: 20, delivered_ms: 40, read_ms: 60, failed_ms: 60 } })
  const phone = await simPhone('Acme Coffee')
  await everything({ phoneId: phone.id, from: '447700900126', name: PEOPLE.received })
  await stage.everythingSent({ api, phone, from: '447700900131', name: PEOPLE.sent })
  await stage.templatesSent({ api, phone, from: '447700900132', name: PEOPLE.templates })
  await stage.amended({ api, phone, from: '447700900133', name: PEOPLE.amended })
  await stage.trouble({ api, phone, from: '447700900134', name: PEOPLE.trouble })
  await stage.accountNews(phone)
  await stage.unplaced(phone)
  await stage.neverWrote({ api, phone, to: '447700900135', name: PEOPLE.closed })
  await stage.heldNumber({ api, name: 'Night line', from: '447700900136', person: PEOPLE.held })
}

const inboxOf = async (page, name) => {
  await page.goto(`${BASE_URL}/inbox`)
  const rows = page.locator('[data-conversation]')
  await (name ? rows.filter({ hasText: name }) : rows).first().click()
  await page.locator('[data-message]').last().waitFor()
}

/** Waits until nothing is loading: no skeletons, pictures and fonts there. */
async function settle(page) {
  await page.waitForLoadState('networkidle', { timeout: 2000 }).catch(() => undefined)
  await page.locator('.animate-pulse[aria-hidden]').first().waitFor({ state: 'detached' })
  await page.evaluate(() => document.fonts.ready)
}

const screens = [
  { name: 'sign-in', stranger: true, go: (page) => page.goto(`${BASE_URL}/sign-in`).then(() => page.locator('input[type=email]').waitFor()) },
  { name: 'inbox', go: (page) => page.goto(`${BASE_URL}/inbox`) },
  { name: 'conversation', go: (page) => inboxOf(page, 'Ana Lima') },
  {
    name: 'template',
    go: async (page) => {
      await inboxOf(page, 'Ana Lima')
      // One button in the composer opens the picker, whether the window is open or closed.
      await page.locator('main section button:has(.lucide-layout-template)').last().click()
      await page.locator('[role=dialog] ul li button:enabled').filter({ hasText: 'order_update' }).click()
    },
  },
  { name: 'new-conversation', go: (page) => page.goto(`${BASE_URL}/inbox?new`) },
  { name: 'contacts', go: (page) => page.goto(`${BASE_URL}/contacts`) },
  {
    name: 'contact',
    go: async (page) => {
      await page.goto(`${BASE_URL}/contacts`)
      await page.locator('main table tbody tr td button, main ul li button').first().click()
      await page.locator('[role=dialog] form').waitFor()
    },
  },
  { name: 'numbers', go: (page) => page.goto(`${BASE_URL}/numbers`) },
  {
    name: 'connect',
    go: async (page) => {
      await page.goto(`${BASE_URL}/numbers`)
      await page.locator('main header button').first().click()
      await page.locator('[role=dialog] form').waitFor()
    },
  },
  { name: 'webhooks', go: (page) => page.goto(`${BASE_URL}/developers/webhooks`) },
  { name: 'developers', go: (page) => page.goto(`${BASE_URL}/developers`) },
  {
    name: 'command-bar',
    go: async (page) => {
      await page.goto(`${BASE_URL}/inbox`)
      await page.locator('#main').waitFor()
      await page.keyboard.press('Control+k')
      await page.locator('[role=dialog] [cmdk-list]').waitFor()
    },
  },
]

/** What only the simulator can bring about. */
const simulated = [
  ...Object.entries(PEOPLE).map(([name, person]) => ({ name: `messages-${name}`, go: (page) => inboxOf(page, person) })),
  ...['received', 'sent', 'templates'].map((name) => ({
    name: `messages-${name}-above`,
    go: async (page) => {
      await inboxOf(page, PEOPLE[name])
      await page.locator('[data-message]').nth(3).evaluate((message) => message.scrollIntoView({ block: 'start' }))
    },
  })),
  {
    name: 'reactions',
    go: async (page) => {
      await inboxOf(page, PEOPLE.amended)
      const target = page.locator('[data-message][data-direction=inbound]').last()
      await target.hover()
      await target.locator('xpath=..').locator('button:has(.lucide-smile-plus)').click()
    },
  },
  {
    name: 'failure-details',
    go: async (page) => {
      await inboxOf(page, PEOPLE.trouble)
      await page.locator('[data-failure] summary').last().click()
    },
  },
  {
    name: 'timeline',
    go: async (page) => {
      await page.goto(`${BASE_URL}/numbers`)
      await page.locator('[data-account-event]').first().evaluate((event) => event.closest('[role=region]').scrollIntoView({ block: 'start' }))
    },
  },
  {
    name: 'webhook-event',
    go: async (page) => {
      await page.goto(`${BASE_URL}/developers/webhooks`)
      await page.locator('[data-webhook-event] summary').first().click()
    },
  },
  {
    name: 'choices',
    go: async (page) => {
      await inboxOf(page, PEOPLE.received)
      // The third dialog entry of the menu, whatever the language.
      await page.locator('main section button:has(.lucide-plus)').last().click()
      await page.locator('[role=menuitem]:has(.lucide-list-checks)').click()
      await page.locator('[role=dialog] textarea').fill('☕ 10:30 / 11:00 ?')
      await page.locator('[role=dialog] fieldset input').first().fill('10:30')
      await page.locator('[role=dialog] fieldset input').nth(1).fill('11:00')
    },
  },
  {
    name: 'attach',
    go: async (page) => {
      await inboxOf(page, PEOPLE.received)
      await page.locator('main section button:has(.lucide-plus)').last().click()
    },
  },
  { name: 'simulator', go: (page) => page.goto(`${BASE_URL}/simulator`) },
]
if (simulator) screens.push(...simulated)

const known = [...screens.map((screen) => screen.name), 'readme']
const unknown = named.filter((name) => !known.includes(name))
if (unknown.length > 0) throw new Error(`ONLY names no screen: ${unknown.join(', ')}; there are ${known.join(', ')}`)

/** One screen in one look; a screen that does not come is told, and the others go on. */
async function shoot(page, screen, suffix) {
  try {
    await screen.go(page)
    await settle(page)
    await page.screenshot({ path: join(folder, `${screen.name}-${suffix}.png`) })
    return true
  } catch (error) {
    console.error(`${screen.name} ${suffix}: ${error.message.split('\n')[0]}`)
    process.exitCode = 1
    return false
  }
}

if (only?.has('readme')) await readme({ folder, logins })
const wanted = screens.filter((screen) => !only || only.has(screen.name))
if (wanted.length > 0 && simulator) await tellStories()
let taken = 0
for (const { name: width, ...device } of wanted.length > 0 ? WIDTHS : []) {
  for (const look of LOOKS) {
    const { context, close } = await open({ ...device, colorScheme: look.theme })
    await context.addInitScript(
      ([theme, language]) => {
        localStorage.setItem('wapro.theme', theme)
        localStorage.setItem('wapro.language', language)
      },
      [look.theme, look.language],
    )
    const page = context.pages()[0] ?? (await context.newPage())
    const suffix = `${width}-${look.name}`
    for (const screen of wanted.filter((one) => one.stranger)) taken += await shoot(page, screen, suffix)
    await signIn(page, logins[0])
    for (const screen of wanted.filter((one) => !one.stranger)) taken += await shoot(page, screen, suffix)
    await close()
  }
}
if (only?.has('readme')) console.log(`The pictures that are kept are in ${folder}`)
if (wanted.length > 0) console.log(`${taken} pictures of ${wanted.length} screens are in ${folder}`)
