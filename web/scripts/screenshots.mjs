// Pictures of every screen, at two widths, light, dark and Arabic: `npm run screenshots -- [folder]`.
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { BASE_URL, demoLogins, open, signIn } from './browser.mjs'
import { everything, simPhone } from './rich.mjs'

const folder = resolve(process.argv[2] ?? '../docs/screenshots')
const only = process.env.ONLY?.split(',')
mkdirSync(folder, { recursive: true })

const WIDTHS = [
  { name: '1440', viewport: { width: 1440, height: 900 } },
  { name: '390', viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
]
const LOOKS = [
  { name: 'light', theme: 'light', language: 'en' },
  { name: 'dark', theme: 'dark', language: 'en' },
  { name: 'arabic', theme: 'light', language: 'ar' },
]

const { logins, simulator } = await demoLogins()

/** Somebody who sent one of everything. */
const RICH = 'Tom Becker'
if (simulator) {
  const { id } = await simPhone('Acme Coffee')
  await everything({ phoneId: id, from: '447700900126', name: RICH })
}

const openRich = async (page) => {
  await page.goto(`${BASE_URL}/inbox`)
  await page.locator('[data-conversation]').filter({ hasText: RICH }).click()
  await page.locator('[data-message]').last().waitFor()
}

/** Waits until nothing is loading: no skeletons, fonts there. */
async function settle(page) {
  await page.locator('.animate-pulse[aria-hidden]').first().waitFor({ state: 'detached' }).catch(() => undefined)
  await page.waitForLoadState('networkidle', { timeout: 2000 }).catch(() => undefined)
  await page.evaluate(() => document.fonts.ready)
}

const screens = [
  { name: 'inbox', go: (page) => page.goto(`${BASE_URL}/inbox`) },
  {
    name: 'conversation',
    go: async (page) => {
      await page.goto(`${BASE_URL}/inbox`)
      await page.locator('[data-conversation]').first().click()
      await page.locator('[data-message]').last().waitFor()
    },
  },
  ...(simulator
    ? [
        { name: 'messages', go: openRich },
        {
          name: 'messages-files',
          go: async (page) => {
            await openRich(page)
            await page.locator('[data-type=video]').first().scrollIntoViewIfNeeded()
          },
        },
        {
          name: 'choices',
          go: async (page) => {
            await openRich(page)
            // The third dialog entry of the menu, whatever the language.
            await page.locator('main section button:has(.lucide-plus)').last().click()
            await page.locator('[role=menuitem]:has(.lucide-list-checks)').click()
            await page.locator('[role=dialog] textarea').fill('☕ 10:30 / 11:00 ?')
            await page.locator('[role=dialog] fieldset input').first().fill('10:30')
            await page.locator('[role=dialog] fieldset input').nth(1).fill('11:00')
          },
        },
      ]
    : []),
  {
    name: 'template',
    go: async (page) => {
      await page.goto(`${BASE_URL}/inbox`)
      await page.locator('[data-conversation]').first().click()
      await page.locator('[data-message]').last().waitFor()
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
      await page.locator('main header button').first().click({ timeout: 3000 })
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
  ...(simulator ? [{ name: 'simulator', go: (page) => page.goto(`${BASE_URL}/simulator`) }] : []),
]

for (const { name: width, ...device } of WIDTHS) {
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
    const shoot = async (name) => {
      await settle(page)
      await page.screenshot({ path: join(folder, `${name}-${width}-${look.name}.png`) })
    }
    await page.goto(`${BASE_URL}/sign-in`)
    await page.locator('input[type=email]').waitFor()
    if (!only || only.includes('sign-in')) await shoot('sign-in')
    await signIn(page, logins[0])
    for (const screen of screens) {
      if (only && !only.includes(screen.name)) continue
      try {
        await screen.go(page)
        await shoot(screen.name)
      } catch (error) {
        console.error(`${screen.name} ${width} ${look.name}: ${error.message.split('\n')[0]}`)
        process.exitCode = 1
      }
    }
    await close()
  }
}
console.log(`Screenshots are in ${folder}`)
