// Every kind of message, in and out, as an agent meets it: BASE_URL=… npm run e2e
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { BASE_URL, demoLogins, open, signIn } from '../scripts/browser.mjs'
import { everything, inbound, settled, simPhone } from '../scripts/rich.mjs'
import { apiOf, sim, until } from '../scripts/server.mjs'

const stamp = Date.now().toString().slice(-7)
const customer = { name: `Rita ${stamp}`, from: `4478${stamp.padStart(8, '0')}` }
let browser
let page
let phone
let api

/** Servers before every kind could be sent take text, pictures and templates only. */
const description = await fetch(`${BASE_URL}/api/openapi.json`).then((r) => (r.ok ? r.text() : ''), () => '')
const skip = /"location"[^\]]{0,200}"contacts"|"contacts"[^\]]{0,200}"location"/.test(description.replace(/\s/g, '')) ? false : 'this server cannot send it yet'

const bubble = (type, direction = 'inbound') => page.locator(`[data-message][data-direction=${direction}][data-type=${type}]`)
const box = () => page.getByRole('textbox', { name: `Message to ${customer.name}` })
const dialog = () => page.getByRole('dialog')
async function add(item) {
  await page.getByRole('button', { name: /^Add a file/ }).click()
  await page.getByRole('menuitem', { name: item }).click()
}
async function send() {
  await dialog().getByRole('button', { name: 'Send', exact: true }).click()
  await dialog().waitFor({ state: 'detached' })
}
/** It left, and WhatsApp took it. */
const arrived = (where) => where.locator('[data-status=sent], [data-status=delivered], [data-status=read]').first().waitFor()

before(async () => {
  const { logins } = await demoLogins()
  api = apiOf(logins[0])
  phone = await simPhone('Acme Coffee')
  await everything({ phoneId: phone.id, ...customer })
  // As high as the conversation: only what is in view is drawn.
  browser = await open({ viewport: { width: 1360, height: 6000 } })
  page = browser.context.pages()[0] ?? (await browser.context.newPage())
  await signIn(page, logins[0])
  await page.locator('[data-conversation]').filter({ hasText: customer.name }).click()
  await bubble('text').last().waitFor()
})
after(() => browser?.close())

describe('what a customer sends', () => {
  it('is shown for what it is, without codes', async () => {
    await bubble('image').locator('img').waitFor()
    await bubble('video').locator('video').waitFor()
    await bubble('audio').locator('[data-player]').waitFor()
    await bubble('document').getByText('order-A-77.pdf').waitFor()
    await bubble('sticker').locator('img').waitFor()
    await bubble('location').getByText('1 Quay Road, London').waitFor()
    await bubble('contacts').getByText('Lena Fischer').waitFor()
    await bubble('button').getByText('Yes, please').waitFor()
    await bubble('interactive').filter({ hasText: 'Tuesday 10:30' }).waitFor()
    const form = bubble('interactive').filter({ hasText: 'Filled in the form' })
    await form.getByText('First name').waitFor()
    await form.getByText('Late checkout, Breakfast').waitFor()
    await bubble('order').getByText('£41.20').waitFor()
    await bubble('unsupported').getByText('WhatsApp does not deliver').waitFor()
    await bubble('system').getByText('security code changed').waitFor()
    assert.equal(await page.getByText('flow_token').count(), 0)
  })

  it('carries its reactions, and a reaction taken back is gone', async () => {
    const image = bubble('image')
    await image.locator('[data-reactions]').getByText('❤️').waitFor()
    const { wamid } = await inbound({ phone_id: phone.id, ...customer, type: 'text', text: { body: 'Thank you for the picture' } })
    await inbound({ phone_id: phone.id, ...customer, type: 'reaction', reaction: { message_id: wamid, emoji: '🎉' } })
    const target = bubble('text').filter({ hasText: 'Thank you for the picture' })
    await target.locator('[data-reactions]').waitFor()
    await settled()
    await inbound({ phone_id: phone.id, ...customer, type: 'reaction', reaction: { message_id: wamid, emoji: '' } })
    await target.locator('[data-reactions]').waitFor({ state: 'detached' })
  })

  it('quotes what it answers, and goes there', async () => {
    await bubble('text').filter({ hasText: 'the place above' }).getByRole('button', { name: 'Harbour gate 4' }).click()
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-type')), 'location')
  })

  it('opens a picture in full and closes it by key', async () => {
    await bubble('image').getByRole('button', { name: /^Enlarge/ }).click()
    await dialog().locator('img').waitFor()
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
  })
})

describe('what an agent sends', () => {
  it('a file goes with its caption; one that WhatsApp does not take is refused before it leaves', { skip }, async () => {
    const picker = page.getByTestId('file-picker')
    await picker.setInputFiles([{ name: 'huge.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) }])
    await page.locator('[data-attachment=failed]').getByText('This file is empty.').waitFor()
    await page.getByRole('button', { name: 'Remove huge.txt' }).click()
    await picker.setInputFiles([{ name: 'prices.txt', mimeType: 'text/plain', buffer: Buffer.from('Espresso 18.50\n') }])
    await page.locator('[data-attachment=ready]').waitFor()
    await box().fill('Our prices')
    await page.keyboard.press('Enter')
    const sent = bubble('document', 'outbound').filter({ hasText: 'Our prices' })
    await sent.getByText('prices.txt').waitFor()
    await arrived(sent)
  })

  it('a list is built beside its picture, within WhatsApp’s limits', { skip }, async () => {
    await add('Buttons, list or link')
    await page.getByRole('radio', { name: 'List' }).click()
    await dialog().getByText('Write the text first.').waitFor()
    await page.getByLabel('Text', { exact: true }).fill('When would you like to come?')
    await page.getByRole('textbox', { name: /^Button that opens/ }).fill('See slots')
    await page.getByRole('textbox', { name: 'Choice 1' }).fill('A choice far too long for a row')
    await dialog().getByText('A choice may have 24 characters.').waitFor()
    await page.getByRole('textbox', { name: 'Choice 1' }).fill('Tuesday 10:30')
    await dialog().getByRole('figure').getByText('When would you like to come?').waitFor()
    await send()
    const sent = bubble('interactive', 'outbound').filter({ hasText: 'When would you like' })
    await arrived(sent)
    await sent.getByRole('button', { name: 'See slots' }).click()
    await dialog().getByText('Tuesday 10:30').waitFor()
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
  })

  it('a place and a contact card', { skip }, async () => {
    await add('Location')
    await page.getByLabel('Name of the place').fill('Acme roastery')
    await page.getByLabel('Latitude').fill('51.5, -0.12')
    assert.equal(await page.getByLabel('Longitude').inputValue(), '-0.12')
    await send()
    await arrived(bubble('location', 'outbound').filter({ hasText: 'Acme roastery' }))
    await add('Contact card')
    await page.getByLabel('First name').fill('Maya')
    await page.getByLabel('Phone number').fill('+447700900555')
    await send()
    await arrived(bubble('contacts', 'outbound').filter({ hasText: 'Maya' }))
  })

  it('a voice message is recorded, heard and sent', { skip }, async () => {
    await page.getByRole('button', { name: 'Record a voice message' }).click()
    await page.getByRole('timer').getByText('0:02').waitFor()
    await page.getByRole('button', { name: 'Done', exact: true }).click()
    await page.locator('[data-attachment=ready]').waitFor()
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    const sent = bubble('audio', 'outbound').last()
    await arrived(sent)
    await sent.getByRole('slider').and(page.locator(':enabled')).waitFor()
    await sent.getByRole('button', { name: /^Play/ }).click()
    await sent.getByRole('button', { name: /^Pause/ }).waitFor()
  })

  it('a reaction, given and taken back', { skip }, async () => {
    const target = bubble('location').filter({ hasText: 'Harbour gate 4' })
    const react = target.locator('xpath=..').getByRole('button', { name: 'React', exact: true })
    await target.hover()
    await react.click()
    await page.getByRole('button', { name: 'React with 👍' }).click()
    await target.locator('[data-reactions]').getByText('👍').waitFor()
    await react.click()
    await page.getByRole('button', { name: 'Remove 👍' }).click()
    await target.locator('[data-reactions]').waitFor({ state: 'detached' })
  })
})

describe('what has no place yet', () => {
  it('is kept as it came, and seen by those who build on it', async () => {
    await sim('/webhooks/raw', { field: 'tracking_events', value: { mark: `kept-${stamp}` }, phone_id: phone.id })
    await until(() => api.get('/webhook-events?field=tracking_events'), ({ items }) => JSON.stringify(items).includes(`kept-${stamp}`))
    await page.goto(`${BASE_URL}/settings/keys`)
    await page.getByRole('link', { name: 'Webhook events' }).click()
    const kept = page.locator('[data-webhook-event=tracking_events]').first()
    await kept.locator('summary').click()
    await kept.getByText(`kept-${stamp}`).waitFor()
  })
})
