// How fast the inbox is with 10,000 conversations and a thread of 20,000 messages, in Chromium with its processor slowed down four times.
// It measures and reports; it fails on nothing. Against a fresh server with the simulator: `make portal-bench`.
// CONVERSATIONS=1000 MESSAGES=2000 for a quick look, SLOWER=1 without the throttle.
import { BASE_URL, demoLogins, open, signIn } from './browser.mjs'
import { simPhone } from './rich.mjs'
import { apiOf, session, sim, until } from './server.mjs'
import { conversationWith } from './stage.mjs'
import { arrived, longThread, manyPeople, receive } from './volume.mjs'

const CONVERSATIONS = Number(process.env.CONVERSATIONS ?? 10_000)
const MESSAGES = Number(process.env.MESSAGES ?? 20_000)
const SLOWER = Number(process.env.SLOWER ?? 4)
const KEYS = 60
const STEPS = 20
const ARRIVALS = 15
const TALKER = { name: 'Very Long Talk', from: '447999000001' }
const SECOND = { name: 'Another Long Talk', from: '447999000002' }

const { logins } = await demoLogins()
const api = apiOf(logins[0])
const phone = await simPhone('Acme Coffee')
const results = []
/** One line of the report; `goal` is an upper limit, if there is one. */
function report(what, value, unit, goal) {
  const rounded = Math.round(value * 10) / 10
  results.push({ what, value: rounded, unit, goal })
  const verdict = goal === undefined ? '' : rounded <= goal ? `  (goal ${goal}: reached)` : `  (goal ${goal}: missed)`
  console.log(`${what.padEnd(58)} ${String(rounded).padStart(8)} ${unit.padEnd(4)}${verdict}`)
}
const part = (values, p) => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * p))]

async function seed() {
  const now = Math.floor(Date.now() / 1000)
  const begun = Date.now()
  const tell = (kind, all) => (sent) => sent % 2000 < 200 && console.log(`  ${sent} of ${all} ${kind}, ${Math.round((Date.now() - begun) / 1000)} s`)
  await receive(phone, manyPeople(CONVERSATIONS, { until: now - 60 }), tell('conversations', CONVERSATIONS))
  await receive(phone, longThread(MESSAGES, { ...TALKER, until: now - 30 }), tell('messages', MESSAGES))
  await receive(phone, longThread(200, { ...SECOND, until: now - 40 }))
  await arrived(api, TALKER.name, `${MESSAGES - 1} `)
  const { id } = await conversationWith(api, TALKER.name)
  await api.post(`/conversations/${id}/read`, {})
  return id
}

async function browser(options) {
  const { context, close } = await open({ viewport: { width: 1440, height: 900 }, ...options })
  const page = context.pages()[0] ?? (await context.newPage())
  const devtools = await context.newCDPSession(page)
  // The processor time of the page's main thread: another program on the machine does not count.
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
  const slow = (rate) => devtools.send('Emulation.setCPUThrottlingRate', { rate })
  return { context, page, devtools, slow, close }
}

/** The first look at the inbox, with an empty cache. */
async function firstLoad(language) {
  const { context, page, slow, close } = await browser()
  const { name, value } = await session(logins[0])
  await context.addCookies([{ name, value, url: BASE_URL, httpOnly: true, sameSite: 'Lax' }])
  await context.addInitScript((code) => {
    localStorage.setItem('wapro.language', code)
    window.__lcp = 0
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => (window.__lcp = entry.startTime))).observe({ type: 'largest-contentful-paint', buffered: true })
  }, language)
  await slow(SLOWER)
  await page.goto(`${BASE_URL}/inbox`)
  await page.locator('[data-conversation]').first().waitFor()
  await page.waitForLoadState('networkidle')
  const found = await page.evaluate(() => {
    const all = performance.getEntriesByType('resource')
    const scripts = all.filter((r) => new URL(r.name).pathname.endsWith('.js'))
    return { lcp: window.__lcp, requests: all.length + 1, script: scripts.reduce((sum, r) => sum + r.encodedBodySize, 0) / 1000, bytes: all.reduce((sum, r) => sum + r.encodedBodySize, 0) / 1000 }
  })
  const tag = language === 'en' ? '' : ` (${language})`
  report(`first load${tag}: largest paint`, found.lcp, 'ms', 1500)
  report(`first load${tag}: JavaScript, compressed`, found.script, 'kB', 230)
  report(`first load${tag}: everything, compressed`, found.bytes, 'kB')
  report(`first load${tag}: requests`, found.requests, '', 20)
  await close()
}

/** In the page: until everything that was due has been drawn. */
const drawn = () =>
  new Promise((done) => {
    const channel = new MessageChannel()
    channel.port1.onmessage = () => done()
    requestAnimationFrame(() => requestAnimationFrame(() => channel.port2.postMessage(0)))
  })

/** Work of the page's main thread so far, in ms of its processor time. */
async function work(devtools) {
  const { metrics } = await devtools.send('Performance.getMetrics')
  return metrics.find((m) => m.name === 'TaskDuration').value * 1000
}

/** The work that `act` causes, without that of watching: for each of so many times. */
async function measure(page, devtools, times, act, settled = () => undefined) {
  const watching = []
  for (let i = 0; i < 15; i++) {
    const before = await work(devtools)
    await page.evaluate(drawn)
    watching.push((await work(devtools)) - before)
  }
  const idle = part(watching, 0.5)
  const took = []
  for (let i = 0; i < times; i++) {
    const before = await work(devtools)
    await act(i)
    await page.evaluate(drawn)
    took.push(Math.max(0, (await work(devtools)) - before - idle))
    await settled(i)
  }
  return took
}

async function loadAll(page) {
  const list = page.locator('ul:has([data-conversation])').locator('xpath=..')
  await until(
    async () => {
      await list.evaluate((box) => (box.scrollTop = box.scrollHeight))
      return page.locator('[data-conversation]').last().evaluate((row) => Number(row.closest('li').ariaSetSize))
    },
    (size) => size >= CONVERSATIONS,
    600_000,
  )
  await list.evaluate((box) => (box.scrollTop = 0))
  const thread = page.locator('[role=region]:has([data-message])')
  await until(
    async () => {
      await thread.evaluate((box) => (box.scrollTop = 0))
      return page.locator('[data-message]').first().evaluate((row) => Number(row.closest('li').ariaSetSize))
    },
    (size) => size >= MESSAGES,
    600_000,
  )
}

const elements = (page) => page.evaluate(() => document.querySelectorAll('*').length)

async function heap(devtools) {
  await devtools.send('HeapProfiler.collectGarbage')
  const { metrics } = await devtools.send('Performance.getMetrics')
  return metrics.find((m) => m.name === 'JSHeapUsedSize').value / 1e6
}

async function typing(page, devtools, label) {
  const box = page.locator('section textarea')
  await box.click()
  const took = await measure(page, devtools, KEYS, (i) => page.keyboard.press('abcdefghij '[i % 11]))
  report(`${label}: a key, median`, part(took, 0.5), 'ms', 16)
  report(`${label}: a key, 95 of 100`, part(took, 0.95), 'ms', 32)
  await box.fill('')
}

async function steps(page, devtools) {
  await page.goto(`${BASE_URL}/inbox`)
  await page.locator('[data-conversation]').first().waitFor()
  await page.keyboard.press('j')
  await page.locator('section [data-message]').last().waitFor()
  const current = () => page.evaluate(() => document.querySelector('[data-conversation][aria-current]')?.dataset.conversation)
  let before = await current()
  const quiet = async () => {
    await page.locator('section [data-message]').last().waitFor()
    await page.waitForLoadState('networkidle')
    const now = await current()
    if (now === before) throw new Error('J did not go on')
    before = now
  }
  const forward = await measure(page, devtools, STEPS, () => page.keyboard.press('j'), quiet)
  report('J: the next conversation, not loaded yet', part(forward, 0.5), 'ms', 60)
  report('J: the same, 95 of 100', part(forward, 0.95), 'ms')
  const back = await measure(page, devtools, STEPS, () => page.keyboard.press('k'), quiet)
  report('K: back to one that is loaded', part(back, 0.5), 'ms', 60)
  report('K: the same, 95 of 100', part(back, 0.95), 'ms')
}

/** In the page: the longest time in which nothing else could happen. */
const watchBlocking = () => {
  const channel = new MessageChannel()
  let before = performance.now()
  window.__blocked = 0
  channel.port1.onmessage = () => {
    const now = performance.now()
    window.__blocked = Math.max(window.__blocked, now - before)
    before = now
    channel.port2.postMessage(0)
  }
  channel.port2.postMessage(0)
}

async function arrivals(page, devtools, label, scrollTo) {
  const thread = page.locator('[role=region]:has([data-message])')
  await thread.evaluate((box, to) => (box.scrollTop = to === 'end' ? box.scrollHeight : box.scrollHeight - 9000), scrollTo)
  await page.waitForTimeout(1500)
  const blocked = []
  const took = await measure(page, devtools, ARRIVALS, async (i) => {
    const words = `${label} ${i} ${Date.now()}`
    await sim('/inbound', { phone_id: phone.id, ...TALKER, type: 'text', text: { body: words } })
    await until(() => api.get(`/conversations/${id}`), (c) => c.preview === words)
    // Beyond the moment in which events are gathered, and the two answers that follow.
    await page.waitForTimeout(700)
  })
  await page.evaluate(watchBlocking)
  for (let i = 0; i < ARRIVALS; i++) {
    await page.evaluate(() => (window.__blocked = 0))
    await sim('/inbound', { phone_id: phone.id, ...TALKER, type: 'text', text: { body: `${label} again ${i}` } })
    await page.waitForTimeout(900)
    blocked.push(await page.evaluate(() => window.__blocked))
  }
  report(`${label}: all its work, median`, part(took, 0.5), 'ms')
  report(`${label}: longest block by the clock, median`, part(blocked, 0.5), 'ms', 50)
}

const id = await seed()
console.log(`\n${CONVERSATIONS} conversations, a thread of ${MESSAGES} messages, processor ${SLOWER} times slower\n`)
await firstLoad('en')
await firstLoad('ar')
const { page, devtools, slow, close } = await browser()
await signIn(page, logins[0])
await page.goto(`${BASE_URL}/inbox/${id}`)
await page.locator('[data-message]').last().waitFor()
report('opened: elements', await elements(page), '', 3000)
report('opened: memory', await heap(devtools), 'MB', 80)
await loadAll(page)
await page.locator('[data-to-latest]').click().catch(() => undefined)
await page.waitForTimeout(1000)
report('everything loaded: elements', await elements(page), '', 3000)
report('everything loaded: memory', await heap(devtools), 'MB', 80)
await slow(SLOWER)
await typing(page, devtools, 'everything loaded')
await arrivals(page, devtools, 'an arrival at the end', 'end')
await arrivals(page, devtools, 'an arrival while scrolled up', 'above')
await steps(page, devtools)
await close()
