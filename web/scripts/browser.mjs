// Chromium as the tests and the screenshots use it: headless, with a profile of its own that goes when it closes.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { BASE_URL, session } from './server.mjs'

export { BASE_URL, demoLogins } from './server.mjs'

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A microphone that beeps, and nobody to ask for it.
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
]

/**
 * A fresh browser context; `close()` also removes its profile. What a person at the screen would see go wrong is told as it happens:
 * refusals for haste, failures of the server. An exception in the page makes `close()` fail.
 */
export async function open({ args = [], ...options } = {}) {
  const profile = mkdtempSync(join(tmpdir(), 'wapro-chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [...ARGS, ...args],
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    ...options,
  })
  context.setDefaultTimeout(15_000)
  const broken = []
  context.on('weberror', (error) => broken.push(error.error().stack ?? String(error.error())))
  context.on('response', (response) => {
    if (response.status() === 429 || response.status() >= 500) console.error(`${response.request().method()} ${response.url()} answered ${response.status()}`)
  })
  const close = async () => {
    await context.close()
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 })
    if (broken.length > 0) throw new Error(`exceptions in the page:\n${broken.join('\n')}`)
  }
  return { context, close }
}

/**
 * Signs in, once for a whole run: five sign-ins a minute are one person's share, and a run opens many browsers. The form itself is
 * walked through by `e2e/portal.test.mjs`. `path`: where to.
 */
export async function signIn(page, login, path = '/inbox') {
  const { name, value } = await session(login)
  await page.context().addCookies([{ name, value, url: BASE_URL, httpOnly: true, sameSite: 'Lax' }])
  await page.goto(BASE_URL + path)
  await at(page, (url) => url.pathname !== '/' && !url.pathname.startsWith('/sign-in'))
  await page.locator('[data-live]').first().waitFor()
}

/** Until the page is at this address; else says where it is instead, and what it says there. */
export async function at(page, where) {
  try {
    // Only the address counts: a page that goes on by itself loads nothing anew.
    await page.waitForURL(where, { waitUntil: 'commit' })
  } catch (error) {
    const says = await page.locator('[role=alert], [role=status], [aria-invalid=true]').allInnerTexts().catch(() => [])
    throw new Error(`${error.message.split('\n')[0]} The page is at ${page.url()} and says: ${says.filter(Boolean).join(' | ') || 'nothing'}`, { cause: error })
  }
}
