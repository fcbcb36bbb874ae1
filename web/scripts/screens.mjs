// Every screen, and what is told before they are looked at: for the pictures and for the tests that go through all of them.
import { BASE_URL } from './browser.mjs'
import { everything, simPhone } from './rich.mjs'
import { sim, until } from './server.mjs'
import * as stage from './stage.mjs'

/** Who tells which story; the conversations are found by their names. */
export const PEOPLE = { received: 'Tom Becker', sent: 'Nora Lind', templates: 'Elif Kaya', amended: 'Sam Okafor', trouble: 'Ines Costa', held: 'Leo Brandt', restricted: 'Mira Novak', closed: 'Zoe Martin' }

export async function tellStories(api) {
  // Nobody waits five seconds for somebody to read.
  await sim('/config', { delays: { sent_ms: 20, delivered_ms: 40, read_ms: 60, failed_ms: 60 } })
  const phone = await simPhone('Acme Coffee')
  await everything({ phoneId: phone.id, from: '447700900126', name: PEOPLE.received })
  await stage.everythingSent({ api, phone, from: '447700900131', name: PEOPLE.sent })
  await stage.templatesSent({ api, phone, from: '447700900132', name: PEOPLE.templates })
  // The simulator's templates were made behind the platform's back.
  await api.post('/templates/sync', {})
  await until(() => api.get('/templates/accounts'), ({ items }) => items.every((account) => !account.syncing))
  await stage.amended({ api, phone, from: '447700900133', name: PEOPLE.amended })
  await stage.trouble({ api, phone, from: '447700900134', name: PEOPLE.trouble })
  await stage.accountNews(phone)
  await stage.moreNews(phone)
  await stage.unplaced(phone)
  await stage.neverWrote({ api, phone, to: '447700900135', name: PEOPLE.closed })
  await stage.heldNumber({ api, name: 'Night line', from: '447700900136', person: PEOPLE.held })
  await stage.restrictedNumber({ api, name: 'Event line', from: '447700900137', person: PEOPLE.restricted })
}

const inboxOf = async (page, name) => {
  await page.goto(`${BASE_URL}/inbox`)
  const rows = page.locator('[data-conversation]')
  await (name ? rows.filter({ hasText: name }) : rows).first().click()
  await page.locator('[data-message]').last().waitFor()
}

/** The page of the first number whose name has this in it, or of the first. */
const numberPage = async (page, name) => {
  await page.goto(`${BASE_URL}/settings/numbers`)
  const links = page.locator('main [data-row] a')
  await (name ? links.filter({ hasText: name }) : links).first().click()
  await page.locator('main [role=tabpanel][data-state=active]').waitFor()
}

/** The page of the template with this name. */
const templatePage = async (page, name) => {
  await page.goto(`${BASE_URL}/templates?search=${name}`)
  await page.locator('main [data-row] a').filter({ hasText: name }).first().click()
  await page.locator('main [data-phone]').first().waitFor()
}

/** Waits until nothing is loading: no skeletons, fonts there. */
export async function settle(page) {
  await page.locator('.animate-pulse[aria-hidden]').first().waitFor({ state: 'detached' })
  await page.evaluate(() => document.fonts.ready)
}

const screens = [
  { name: 'sign-in', stranger: true, go: (page) => page.goto(`${BASE_URL}/sign-in`).then(() => page.locator('input[type=email]').waitFor()) },
  { name: 'home', go: (page) => page.goto(`${BASE_URL}/home`) },
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
      await page.locator('main [data-row] button:not([role=checkbox])').first().click()
      await page.locator('[role=dialog] form').waitFor()
    },
  },
  { name: 'templates', go: (page) => page.goto(`${BASE_URL}/templates`).then(() => page.locator('main [data-row]').first().waitFor()) },
  { name: 'template-page', go: (page) => templatePage(page, 'order_update') },
  {
    name: 'template-mapping',
    go: async (page) => {
      await templatePage(page, 'order_update')
      await page.locator('[data-mapping=body_1] select').first().selectOption('contact')
      await page.locator('[data-mapping=body_1]').scrollIntoViewIfNeeded()
    },
  },
  {
    name: 'template-test',
    go: async (page) => {
      await templatePage(page, 'order_update')
      await page.locator('main header button:has(.lucide-send)').click()
      await page.locator('[role=dialog] [data-phone]').waitFor()
    },
  },
  {
    name: 'template-delete',
    go: async (page) => {
      await templatePage(page, 'order_update')
      await page.locator('main header button:has(.lucide-ellipsis)').click()
      await page.locator('[role=menuitem]:has(.lucide-trash-2)').click()
      await page.locator('[role=alertdialog]').waitFor()
    },
  },
  ...['order_update', 'one_time_code'].map((start) => ({
    name: `template-editor-${start}`,
    go: async (page) => {
      await page.goto(`${BASE_URL}/templates/new?from=${start}`)
      await page.locator('main form input').first().waitFor()
    },
  })),
  { name: 'settings', go: (page) => page.goto(`${BASE_URL}/settings`) },
  { name: 'appearance', go: (page) => page.goto(`${BASE_URL}/settings/appearance`) },
  { name: 'shortcuts', go: (page) => page.goto(`${BASE_URL}/settings/shortcuts`) },
  { name: 'numbers', go: (page) => page.goto(`${BASE_URL}/settings/numbers`) },
  { name: 'number', go: (page) => numberPage(page) },
  { name: 'number-connection', go: (page) => numberPage(page).then(() => page.goto(`${page.url()}?tab=connection`)) },
  { name: 'connect', go: (page) => page.goto(`${BASE_URL}/settings/numbers/connect`).then(() => page.locator('main form').waitFor()) },
  { name: 'webhooks', go: (page) => page.goto(`${BASE_URL}/settings/webhook-events`) },
  { name: 'keys', go: (page) => page.goto(`${BASE_URL}/settings/keys`) },
  {
    name: 'selected',
    go: async (page) => {
      await page.goto(`${BASE_URL}/settings/keys`)
      await page.locator('main [data-row] [role=checkbox]').first().click()
    },
  },
  {
    name: 'create-key',
    go: async (page) => {
      await page.goto(`${BASE_URL}/settings/keys`)
      await page.locator('main header button').first().click()
      await page.locator('[role=dialog] form [role=checkbox]').first().waitFor()
    },
  },
  { name: 'modules', go: (page) => page.goto(`${BASE_URL}/settings/modules`) },
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

/** Lists as a new business finds them: the server's answers to these are emptied on their way. */
const EMPTY = [
  ['inbox', '/inbox', 'conversations'],
  ['contacts', '/contacts', 'contacts'],
  ['templates', '/templates', 'templates'],
  ['numbers', '/settings/numbers', 'channels'],
  ['timeline', '/settings/numbers', 'account-events'],
  ['webhooks', '/settings/webhook-events', 'webhook-events'],
  ['keys', '/settings/keys', 'api-keys'],
]
const emptied = EMPTY.map(([name, path, list]) => ({
  name: `empty-${name}`,
  go: async (page) => {
    const answer = (url) => url.pathname === `/api/v1/${list}` || url.pathname === `/api/v1/${list}/summary`
    await page.route(answer, (route) => (route.request().method() === 'GET' ? route.fulfill({ json: { items: [], total: 0 } }) : route.fallback()))
    await page.goto(BASE_URL + path)
    await page.locator('[data-empty]').first().waitFor()
    await page.locator('[data-empty]').last().scrollIntoViewIfNeeded()
    await page.unroute(answer)
  },
}))

/** What only the simulator can bring about. */
const simulated = [
  ...Object.entries(PEOPLE).map(([name, person]) => ({ name: `messages-${name}`, go: (page) => inboxOf(page, person) })),
  ...['received', 'sent', 'templates'].map((name) => ({
    name: `messages-${name}-above`,
    go: async (page) => {
      await inboxOf(page, PEOPLE[name])
      await page.locator('[role=region]:has([data-message])').evaluate((box) => (box.scrollTop = 180))
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
    name: 'held-lines',
    go: async (page) => {
      await page.goto(`${BASE_URL}/inbox`)
      await page.locator('[data-held-line]').nth(1).waitFor()
    },
  },
  {
    name: 'held-number',
    go: async (page) => {
      await numberPage(page, 'Night line')
      await page.locator('[data-held] summary').first().click()
    },
  },
  ...['roast_week', 'three_roasts', 'last_hours', 'where_to', 'login_code', 'spring_offer'].map((name) => ({ name: `template-${name}`, go: (page) => templatePage(page, name) })),
  {
    name: 'template-fill',
    go: async (page) => {
      await inboxOf(page, PEOPLE.templates)
      await page.locator('main section button:has(.lucide-layout-template)').last().click()
      await page.locator('[role=dialog] ul li button:enabled').filter({ hasText: 'roast_week' }).click()
      await page.locator('[role=dialog] [data-slot-field]').first().waitFor()
    },
  },
  { name: 'restricted-number', go: (page) => numberPage(page, 'Event line') },
  {
    name: 'connection-test',
    go: async (page) => {
      await numberPage(page, 'Night line')
      await page.locator('main button:has(.lucide-stethoscope)').click()
      await page.locator('[data-checks] li').nth(2).waitFor()
      await page.locator('[data-checks] li').last().scrollIntoViewIfNeeded()
    },
  },
  {
    name: 'timeline',
    go: async (page) => {
      await page.goto(`${BASE_URL}/settings/numbers`)
      await page.locator('[data-account-event]').first().evaluate((event) => event.closest('[role=region]').scrollIntoView({ block: 'start' }))
    },
  },
  {
    name: 'webhook-event',
    go: async (page) => {
      await page.goto(`${BASE_URL}/settings/webhook-events`)
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
/** Those that there are on this server. */
export const screensOf = (simulator) => [...screens, ...emptied, ...(simulator ? simulated : [])]
