// Pictures of every screen, at two widths, light, dark and Arabic: `npm run screenshots -- [folder]`, ONLY=inbox,numbers for some of them.
// `ONLY=readme` renews the pictures that are kept, and only them.
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { demoLogins, open, signIn } from './browser.mjs'
import { readme } from './readme-pictures.mjs'
import { screensOf, settle, tellStories } from './screens.mjs'
import { apiOf } from './server.mjs'

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
const screens = screensOf(simulator)
const known = [...screens.map((screen) => screen.name), 'readme']
const unknown = named.filter((name) => !known.includes(name))
if (unknown.length > 0) throw new Error(`ONLY names no screen: ${unknown.join(', ')}; there are ${known.join(', ')}`)

/** One screen in one look; a screen that does not come is told, and the others go on. */
async function shoot(page, screen, suffix) {
  try {
    await screen.go(page)
    await page.waitForLoadState('networkidle', { timeout: 2000 }).catch(() => undefined)
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
if (wanted.length > 0 && simulator) await tellStories(apiOf(logins[0]))
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
