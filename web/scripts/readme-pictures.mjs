// The six pictures that are kept: the demo, with a short conversation that shows what the product is about.
import { join } from 'node:path'
import { cup } from './draw.mjs'
import { BASE_URL, open, signIn } from './browser.mjs'
import { inbound, settled, simPhone } from './rich.mjs'
import { apiOf, sim, until } from './server.mjs'
import { conversationWith, say } from './stage.mjs'

const ANA = { from: '447700900123', name: 'Ana Lima' }

async function tell({ logins }) {
  await sim('/config', { delays: { sent_ms: 20, delivered_ms: 40, read_ms: 60 } })
  const phone = await simPhone('Acme Coffee')
  const maya = apiOf(logins.find((login) => login.email.startsWith('maya@')))
  const writes = async (content) => {
    const { wamid } = await inbound({ phone_id: phone.id, ...ANA, ...content })
    await settled()
    return wamid
  }
  const conversation = await conversationWith(maya, ANA.name)
  const answers = async (type, content) => {
    const message = await say(maya, conversation, type, content)
    await until(() => maya.get(`/messages/${message.id}`), ({ status }) => status === 'read')
    return message
  }
  const order = await answers('text', { body: 'Hello Ana! It left our roastery this morning and arrives tomorrow before noon.' })
  await writes({ type: 'reaction', reaction: { message_id: order.wamid, emoji: '❤️' } })
  const photo = await writes({ type: 'image', image: { mime_type: 'image/png', data: cup({ width: 560, height: 320 }).toString('base64'), caption: 'Just in time, this was the last of it' } })
  const arrived = ({ items }) => items.find((one) => one.wamid === photo)
  const own = arrived(await until(() => maya.get(`/conversations/${conversation.id}/messages`), arrived))
  await say(maya, conversation, 'reaction', { message_id: own.id, emoji: '☕' })
  const slots = await answers('interactive', { type: 'button', body: { text: 'When shall we ring the bell?' }, action: { buttons: [{ type: 'reply', reply: { id: 'early', title: 'Before nine' } }, { type: 'reply', reply: { id: 'late', title: 'After nine' } }] } })
  await writes({ type: 'interactive', interactive: { type: 'button_reply', button_reply: { id: 'late', title: 'After nine' } }, context: { message_id: slots.wamid } })
  const priya = { phone_id: phone.id, from: '447700900125', name: 'Priya Nair' }
  await inbound({ ...priya, type: 'audio', audio: { voice: true } })
  await settled()
}

async function inbox(page, login) {
  await signIn(page, login)
  await page.locator('[data-conversation]').filter({ hasText: ANA.name }).click()
  await page.locator('[data-message]').last().waitFor()
  await page.locator('[data-message] img').first().waitFor()
  // A phone's width has no place for it.
  if (page.viewportSize().width > 1000) await page.locator('[data-live=live]').first().waitFor({ state: 'attached' })
  await page.waitForLoadState('networkidle')
  await page.evaluate(() => document.fonts.ready)
}

/** Two pages beside each other, as two windows on one desk. */
async function beside(context, pictures, { width, height }) {
  const page = await context.newPage()
  await page.setViewportSize({ width, height })
  await page.setContent(`<body style="margin:0;display:flex">${pictures.map((png) => `<img style="display:block" src="data:image/png;base64,${png.toString('base64')}">`).join('')}</body>`)
  await page.locator('img').last().evaluate((image) => image.decode())
  return page
}

export async function readme({ folder, logins }) {
  await tell({ logins })
  const [admin] = logins
  const maya = logins.find((login) => login.email.startsWith('maya@'))
  const picture = (name) => join(folder, `${name}.png`)
  const wide = { viewport: { width: 1440, height: 900 } }
  const looks = [
    ['inbox', wide, 'light', 'en'],
    ['inbox-dark', wide, 'dark', 'en'],
    ['inbox-arabic', wide, 'light', 'ar'],
    ['inbox-390', { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true }, 'light', 'en'],
  ]
  for (const [name, device, theme, language] of looks) {
    const { context, close } = await open({ ...device, colorScheme: theme })
    await context.addInitScript(([key, value]) => [localStorage.setItem('wapro.theme', key), localStorage.setItem('wapro.language', value)], [theme, language])
    const page = context.pages()[0] ?? (await context.newPage())
    await inbox(page, maya)
    await page.screenshot({ path: picture(name) })
    await close()
  }
  const { context, close } = await open({ viewport: { width: 1020, height: 800 } })
  const page = context.pages()[0] ?? (await context.newPage())
  await inbox(page, maya)
  const left = await page.screenshot()
  const phone = await context.newPage()
  await phone.setViewportSize({ width: 420, height: 800 })
  await phone.goto(`${BASE_URL}/simulator?window=1&user=${ANA.from}`)
  await phone.getByText('After nine').last().waitFor()
  await phone.waitForLoadState('networkidle')
  const both = await beside(context, [left, await phone.screenshot()], { width: 1440, height: 800 })
  await both.screenshot({ path: picture('simulator') })
  await page.setViewportSize({ width: 1440, height: 755 })
  await signIn(page, admin)
  await page.goto(`${BASE_URL}/settings/keys`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.locator('[data-live=live]').first().waitFor()
  await page.waitForLoadState('networkidle')
  await page.screenshot({ path: picture('developers') })
  await close()
}
