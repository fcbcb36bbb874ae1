// Chromium as the tests and the screenshots use it: headless, with a profile of its own that goes when it closes.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

export const BASE_URL = (process.env.BASE_URL ?? 'http://127.0.0.1:8080').replace(/\/$/, '')

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

/** A fresh browser context; `close()` also removes its profile. */
export async function open(options = {}) {
  const profile = mkdtempSync(join(tmpdir(), 'wapro-chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ARGS,
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    ...options,
  })
  context.setDefaultTimeout(15_000)
  const close = async () => {
    await context.close()
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 })
  }
  return { context, close }
}

/** The demo logins the server offers before sign-in. */
export async function demoLogins() {
  const response = await fetch(`${BASE_URL}/api/config`)
  if (!response.ok) throw new Error(`GET ${BASE_URL}/api/config answered ${response.status}`)
  const { demo_logins: logins = [], simulator } = await response.json()
  if (logins.length === 0) throw new Error('The server offers no demo logins: start it with its demo data.')
  return { logins, simulator }
}

export async function signIn(page, login) {
  await page.goto(`${BASE_URL}/sign-in`)
  await page.locator('input[type=email]').fill(login.email)
  await page.locator('input[autocomplete=current-password]').fill(login.password)
  await page.locator('form button[type=submit]').click()
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))
}
