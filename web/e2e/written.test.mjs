// Every screen in both themes: is what is written there dark or light enough to be read (WCAG 2.2 AA: 1.4.3 text, 1.4.11 parts)?
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { demoLogins, open, signIn } from '../scripts/browser.mjs'
import { screensOf, settle, tellStories } from '../scripts/screens.mjs'
import { apiOf } from '../scripts/server.mjs'

/** Text that is no text: what cannot be used is exempt, and so is what stands for a picture. */
const EXEMPT = ':disabled, [aria-disabled=true], [disabled], [aria-hidden=true], .sr-only, option, video, audio'
const { logins, simulator } = await demoLogins()
/** Others show the same and more; what is out of sight is looked at too. */
const SHOWN_ELSEWHERE = new Set(['inbox', 'conversation', 'numbers', 'timeline', 'webhooks', 'attach', 'held-lines', 'empty-contacts', 'empty-numbers', 'empty-webhooks', 'empty-keys', 'settings', 'number', 'messages-held', 'messages-closed', 'messages-trouble', 'messages-amended', 'messages-restricted', 'messages-received-above', 'messages-sent-above', 'messages-templates-above'])
const screens = screensOf(simulator).filter(({ name }) => !simulator || !SHOWN_ELSEWHERE.has(name))
let browser
let page
let signedIn = false

/** In the page: everything visible whose contrast is too low, once for each way in which it is. */
function tooFaint(exempt) {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 1
  const context = canvas.getContext('2d', { willReadFrequently: true })
  const known = new Map()
  /** Whatever the colour is written in, as red, green, blue and alpha. */
  const rgba = (color) => {
    if (!known.has(color)) {
      context.clearRect(0, 0, 1, 1)
      context.fillStyle = color
      context.fillRect(0, 0, 1, 1)
      const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data
      known.set(color, [r, g, b, a / 255])
    }
    return known.get(color)
  }
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1]
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4))
    return 0.2126 * x + 0.7152 * y + 0.0722 * z
  }
  const ratio = (a, b) => {
    const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x)
    return (high + 0.05) / (low + 0.05)
  }
  /** Once for each element, of which many hang on the same ones. */
  const once = (ask) => {
    const answers = new Map()
    return (element) => {
      if (!answers.has(element)) answers.set(element, ask(element))
      return answers.get(element)
    }
  }
  /** What lies behind an element, all layers together; nothing where a picture does. */
  const behind = once((element) => {
    if (!element) return [255, 255, 255, 1]
    const { backgroundColor, backgroundImage } = getComputedStyle(element)
    if (backgroundImage !== 'none') return undefined
    const layer = rgba(backgroundColor)
    const below = layer[3] === 1 ? layer : behind(element.parentElement)
    return below && over(layer, below)
  })
  const opacity = once((element) => (element ? Number(getComputedStyle(element).opacity) * opacity(element.parentElement) : 1))
  const shown = (element) => {
    if (element.closest(exempt) || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false
    const { width, height, right, bottom } = element.getBoundingClientRect()
    return width > 1 && height > 1 && right > 0 && bottom > 0
  }
  const found = new Map()
  const note = (element, what, color, wanted, own = 1) => {
    const back = behind(element)
    if (!back) return
    const front = rgba(color)
    const value = ratio(over([...front.slice(0, 3), front[3] * own * opacity(element)], back), back)
    if (value >= wanted - 0.005) return
    const key = `${what} ${element.tagName.toLowerCase()}.${[...element.classList].join('.').slice(0, 90)}`
    if (!found.has(key)) found.set(key, `${value.toFixed(2)} instead of ${wanted}: ${key} “${(element.textContent || element.placeholder || element.getAttribute('aria-label') || '').trim().slice(0, 40)}” ${color} on ${back.slice(0, 3).map(Math.round)}`)
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement
    // A picture of a letter is a picture.
    if (!/[\p{L}\p{N}]/u.test(node.data) || !element || !shown(element)) continue
    const style = getComputedStyle(element)
    const size = parseFloat(style.fontSize)
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700)
    note(element, 'text', style.color, large ? 3 : 4.5)
  }
  for (const field of document.querySelectorAll('input, textarea')) {
    if (!shown(field) || !field.placeholder || field.value) continue
    const { color, opacity: own } = getComputedStyle(field, '::placeholder')
    note(field, 'placeholder', color, 4.5, Number(own))
  }
  // Where something can be filled in or switched is seen by its border or its own colour.
  for (const field of document.querySelectorAll('input, textarea, [role=checkbox], [role=switch], [role=combobox]')) {
    // The simulator's phone looks like WhatsApp, for better or worse.
    if (!shown(field) || field.matches('[type=range], [type=file], [cmdk-input], .sim-phone *')) continue
    let best = 0
    for (let at = field, steps = 0; at.parentElement && steps < 4; at = at.parentElement, steps++) {
      const outside = behind(at.parentElement)
      const style = getComputedStyle(at)
      if (!outside) break
      const seen = parseFloat(style.borderTopWidth) > 0 ? [rgba(style.borderTopColor)] : []
      seen.push(rgba(style.backgroundColor))
      for (const color of seen) best = Math.max(best, ratio(over(color, outside), outside))
    }
    const what = field.getAttribute('aria-label') ?? field.id
    if (best < 2.995 && !found.has(`field ${what}`)) found.set(`field ${what}`, `${best.toFixed(2)} instead of 3: the place of ${field.tagName.toLowerCase()} “${what}”`)
  }
  // A button that is an icon is known by nothing else.
  for (const icon of document.querySelectorAll('button svg, a svg, [role=switch], [role=checkbox]')) {
    const control = icon.closest('button, a')
    if (!control || control.closest(exempt) || /[\p{L}\p{N}]/u.test([...control.childNodes].filter((n) => !(n instanceof Element && n.matches('.sr-only, svg'))).map((n) => n.textContent).join(''))) continue
    if (!icon.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue
    if (icon instanceof SVGElement) note(icon.parentElement, 'icon', getComputedStyle(icon).color, 3)
  }
  return [...found.values()]
}

before(async () => {
  // A server can be told the stories once: TOLD=1 for one that has been.
  if (simulator && !process.env.TOLD) await tellStories(apiOf(logins[0]))
  // As high as the longest conversation: only what is in view is drawn.
  browser = await open({ viewport: { width: 1440, height: 6000 } })
  page = browser.context.pages()[0] ?? (await browser.context.newPage())
})
after(() => browser?.close())

describe('what is written can be read', () => {
  for (const screen of screens) {
    it(screen.name, async () => {
      if (!screen.stranger && !signedIn) {
        await signIn(page, logins[0])
        signedIn = true
      }
      await screen.go(page)
      await settle(page)
      const faint = []
      for (const theme of ['light', 'dark']) {
        await page.evaluate((dark) => document.documentElement.classList.toggle('dark', dark), theme === 'dark')
        faint.push(...(await page.evaluate(tooFaint, EXEMPT)).map((words) => `${theme}: ${words}`))
      }
      assert.deepEqual(faint, [])
    })
  }
})
