// Walks every call of the released `@kapso/whatsapp-cloud-api` against the simulator: kapso.mjs BASE_URL
import { WhatsAppClient } from '@kapso/whatsapp-cloud-api';
import { normalizeWebhook, verifySignature } from '@kapso/whatsapp-cloud-api/server';
import { PNG, Simulator, Walk, hasMessage, methods, receiver, succeeded, until, watched } from './walk.mjs';

const LEAST = 50;
const CALLING = 'calls need the calling API with audio sessions; the simulator refuses them with 138000';
const OWN = "a call to the library's own service, not to the Cloud API";
const LEFT_OUT = {
  'messages.query': OWN,
  'messages.get': OWN,
  'messages.listByConversation': OWN,
  'calls.list': OWN,
  'calls.get': OWN,
  'conversations.list': OWN,
  'conversations.get': OWN,
  'conversations.updateStatus': OWN,
  'contacts.list': OWN,
  'contacts.get': OWN,
  'contacts.update': OWN,
  'calls.connect': CALLING,
  'calls.preAccept': CALLING,
  'calls.accept': CALLING,
  'calls.reject': CALLING,
  'calls.terminate': CALLING,
};

const base = process.argv[2];
const walk = new Walk('kapso 0.3.0');
const sim = new Simulator(base);
const account = await sim.account({ phone_number: '447700900803', app_secret: 'secret-kapso', verify_token: 'tell-me' });
const phoneNumberId = account.phone_number_id;
const businessAccountId = account.waba_id;
const ana = '447700900127';
const ben = '447700900128';

const client = new WhatsAppClient({ accessToken: account.access_token, baseUrl: base });
const calls = new Set();
const room = (name) => watched(client[name], calls, `${name}.`);
const [messages, media, templates, phoneNumbers, flows, callsRoom] = ['messages', 'media', 'templates', 'phoneNumbers', 'flows', 'calls'].map(room);
const step = (what, call, want) => walk.step(what, call, want);

// What is delivered goes through the library's own verification and parser.
const seen = [];
const hook = await receiver(
  (query) => query['hub.challenge'],
  (rawBody, signatureHeader) => {
    if (!verifySignature({ appSecret: account.app_secret, rawBody, signatureHeader })) throw Object.assign(new Error('wrong signature'), { httpStatus: 401 });
    seen.push(normalizeWebhook(JSON.parse(rawBody)));
  },
);
await sim.account({ app_id: account.app_id, waba_id: account.waba_id, phone_number_id: phoneNumberId, access_token: account.access_token, callback_url: hook.url });
const hello = await sim.inbound({ phone_id: phoneNumberId, from: ana, type: 'text', text: { body: 'Hello' } });
await sim.inbound({ phone_id: phoneNumberId, from: ben, type: 'text', text: { body: 'Hi' } });

const to = (person, rest) => ({ phoneNumberId, to: person, ...rest });
async function sends() {
  await step('text', () => messages.sendText(to(ana, { body: 'See https://shop.example \u00e9\u{1F44B}', previewUrl: true, bizOpaqueCallbackData: 'm-1' })), hasMessage);
  await step('reply', () => messages.sendText(to(ana, { body: 'an answer', contextMessageId: hello })), hasMessage);
  await step('image by link', () => messages.sendImage(to(ana, { image: { link: 'https://files.example/a.png', caption: 'c' } })), hasMessage);
  await step('video', () => messages.sendVideo(to(ana, { video: { link: 'https://files.example/a.mp4', caption: 'c' } })), hasMessage);
  await step('audio', () => messages.sendAudio(to(ana, { audio: { link: 'https://files.example/a.mp3' } })), hasMessage);
  await step('document', () => messages.sendDocument(to(ana, { document: { link: 'https://files.example/a.pdf', filename: 'a.pdf' } })), hasMessage);
  await step('sticker', () => messages.sendSticker(to(ana, { sticker: { link: 'https://files.example/a.webp' } })), hasMessage);
  await step('location', () => messages.sendLocation(to(ana, { location: { latitude: 51.5, longitude: -0.12, name: 'Shop', address: '1 High St' } })), hasMessage);
  await step('contacts', () => messages.sendContacts(to(ana, { contacts: [{ name: { formattedName: 'Ana Lima', firstName: 'Ana' }, phones: [{ phone: '+551199', type: 'WORK', waId: '551199' }] }] })), hasMessage);
  await step('reaction', () => messages.sendReaction(to(ana, { reaction: { messageId: hello, emoji: '\u{1F44D}' } })), hasMessage);
  await step('raw', () => messages.sendRaw({ phoneNumberId, payload: { messaging_product: 'whatsapp', to: ana, type: 'text', text: { body: 'raw' } } }), hasMessage);
  await step('read', () => messages.markRead({ phoneNumberId, messageId: hello }), succeeded);
  await step('typing', () => messages.markRead({ phoneNumberId, messageId: hello, typingIndicator: { type: 'text' } }), succeeded);
}

async function interactive(flowId) {
  await step('buttons', () => messages.sendInteractiveButtons(to(ben, { bodyText: 'Pick', footerText: 'F', header: { type: 'text', text: 'H' }, buttons: [{ id: 'yes', title: 'Yes' }, { id: 'no', title: 'No' }] })), hasMessage);
  await step('list', () => messages.sendInteractiveList(to(ben, { bodyText: 'Pick', buttonText: 'Open', sections: [{ title: 'S', rows: [{ id: 'r1', title: 'Row 1', description: 'd' }, { id: 'r2', title: 'Row 2' }] }] })), hasMessage);
  await step('product', () => messages.sendInteractiveProduct(to(ben, { bodyText: 'This', catalogId: '1234567890', productRetailerId: 'sku1' })), hasMessage);
  await step('products', () => messages.sendInteractiveProductList(to(ben, { bodyText: 'These', header: { type: 'text', text: 'T' }, catalogId: '1234567890', sections: [{ title: 'S', productItems: [{ productRetailerId: 'sku1' }] }] })), hasMessage);
  await step('flow', () => messages.sendInteractiveFlow(to(ben, { bodyText: 'Book', parameters: { flowId, flowCta: 'Book', flowToken: 't', flowMessageVersion: '3', flowAction: 'navigate', flowActionPayload: { screen: 'DONE' } } })), hasMessage);
  await step('address', () => messages.sendInteractiveAddress(to(ben, { bodyText: 'Where?', parameters: { country: 'IN' } })), hasMessage);
  await step('ask for the place', () => messages.sendInteractiveLocationRequest(to(ben, { bodyText: 'Where?', parameters: { requestMessage: 'Where?' } })), hasMessage);
  await step('call permission', () => messages.sendInteractiveCallPermission(to(ben, { bodyText: 'May we?', parameters: { phoneNumber: '+447700900803' } })), hasMessage);
  await step('address button', () => messages.sendInteractiveCtaUrl(to(ben, { bodyText: 'Look', parameters: { displayText: 'Open', url: 'https://shop.example' } })), hasMessage);
  const card = (cardIndex) => ({ cardIndex, header: { type: 'image', image: { link: `https://files.example/${cardIndex}.png` } }, bodyText: 'Card', action: { displayText: 'Open', url: 'https://shop.example' } });
  await step('carousel', () => messages.sendInteractiveCarousel(to(ben, { bodyText: 'Cards', cards: [card(0), card(1)] })), hasMessage);
  await step('catalogue', () => messages.sendInteractiveCatalogMessage(to(ben, { bodyText: 'All', parameters: { thumbnailProductRetailerId: 'sku1' } })), hasMessage);
  await step('raw interactive', () => messages.sendInteractiveRaw(to(ben, { interactive: { type: 'button', body: { text: 'Pick' }, action: { buttons: [{ type: 'reply', reply: { id: 'a', title: 'A' } }] } } })), hasMessage);
}

async function files() {
  const id = (await step('upload', () => media.upload({ phoneNumberId, type: 'image/png', file: new Blob([PNG], { type: 'image/png' }), fileName: 'p.png' }), (r) => r.id))?.id;
  await step('image by id', () => messages.sendImage(to(ana, { image: { id } })), hasMessage);
  await step('media address', () => media.get({ mediaId: id, phoneNumberId }), (r) => r.url && Number(r.fileSize) === PNG.length);
  await step('download', () => media.download({ mediaId: id, auth: 'always' }), (r) => Buffer.from(r).equals(PNG));
  await step('delete media', () => media.delete({ mediaId: id, phoneNumberId }), succeeded);
}

async function grammar() {
  const made = await step('create a template', () => templates.create({ businessAccountId, name: 'kapso_order', language: 'en_US', category: 'UTILITY', components: [
    { type: 'BODY', text: 'Hi {{1}}, your order {{2}} is on its way to you.', example: { bodyText: [['Ana', 'A-1']] } },
    { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Thanks' }, { type: 'URL', text: 'Track', url: 'https://shop.example/{{1}}', example: ['https://shop.example/1'] }] }] }), (r) => r.id);
  await step('named parameters', () => templates.create({ businessAccountId, name: 'kapso_named', language: 'en_US', category: 'UTILITY', parameterFormat: 'NAMED', components: [
    { type: 'BODY', text: 'Hello {{first_name}}, we are glad that you are here.', example: { bodyTextNamedParams: [{ paramName: 'first_name', example: 'Ana' }] } }] }), (r) => r.id);
  await until(async () => (await client.templates.list({ businessAccountId, name: 'kapso', status: 'APPROVED' })).data.length === 2);
  await step('list', () => templates.list({ businessAccountId, limit: 2 }), (r) => r.data.length === 2 && r.paging);
  await step('get', () => templates.get({ businessAccountId, templateId: made.id }), (r) => r.name === 'kapso_order');
  await step('send a template', () => messages.sendTemplate(to(ana, { template: { name: 'kapso_order', language: { code: 'en_US', policy: 'deterministic' }, components: [
    { type: 'body', parameters: [{ type: 'text', text: 'Ana' }, { type: 'text', text: 'A-1' }] },
    { type: 'button', subType: 'quick_reply', index: 0, parameters: [{ type: 'payload', payload: 'thanks' }] },
    { type: 'button', subType: 'url', index: 1, parameters: [{ type: 'text', text: '1' }] }] } })), hasMessage);
  await step('send with names', () => messages.sendTemplate(to(ana, { template: { name: 'kapso_named', language: { code: 'en_US' }, components: [
    { type: 'body', parameters: [{ type: 'text', parameterName: 'first_name', text: 'Ana' }] }] } })), hasMessage);
  await step('delete a template', () => templates.delete({ businessAccountId, name: 'kapso_named' }), succeeded);
}

async function numbers() {
  await step('change profile', () => phoneNumbers.businessProfile.update({ phoneNumberId, about: 'Open', email: 'a@b.example', websites: ['https://b.example'], vertical: 'RETAIL' }), succeeded);
  await step('profile', () => phoneNumbers.businessProfile.get({ phoneNumberId, fields: 'about,email,vertical' }), (r) => r.data[0].about === 'Open');
  await step('change settings', () => phoneNumbers.settings.update({ phoneNumberId, calling: { status: 'DISABLED' } }), succeeded);
  await step('settings', () => phoneNumbers.settings.get({ phoneNumberId }), (r) => r.calling.status === 'DISABLED');
  const fresh = await client.request('POST', `/${businessAccountId}/phone_numbers`, { body: { cc: '44', phone_number: '7700900813', verified_name: 'Acme' }, responseType: 'json' });
  const number = { phoneNumberId: fresh.id };
  await step('ask for a code', () => phoneNumbers.requestCode({ ...number, codeMethod: 'SMS', language: 'en_US' }), succeeded);
  const { code } = await sim.call('GET', `phones/${fresh.id}`);
  await step('verify', () => phoneNumbers.verifyCode({ ...number, code }), succeeded);
  await step('register', () => phoneNumbers.register({ ...number, pin: '123456' }), succeeded);
  await step('deregister', () => phoneNumbers.deregister(number), succeeded);
  await step('call permission of a person', () => callsRoom.permissions.get({ phoneNumberId, userWaId: ana }), (r) => r.permission?.status && r.actions?.length);
}

const screen = { id: 'DONE', title: 'Done', terminal: true, layout: { type: 'SingleColumnLayout', children: [{ type: 'Footer', label: 'End', onClickAction: { name: 'complete', payload: {} } }] } };
const source = { version: '7.0', screens: [screen] };
async function makeFlow() {
  const made = await step('create a flow', () => flows.create({ wabaId: businessAccountId, name: 'kapso flow', flowJson: source }), (r) => r.id && r.success);
  await step('change a flow', () => flows.updateAsset({ flowId: made.id, json: source }), succeeded);
  await step('preview', () => flows.preview({ flowId: made.id }), (r) => r.preview.previewUrl);
  await step('publish', () => flows.publish({ flowId: made.id }), succeeded);
  await step('a flow', () => flows.get({ flowId: made.id, fields: 'id,name,status' }), (r) => r.status === 'PUBLISHED');
  await step('flows', () => flows.list({ wabaId: businessAccountId, limit: 10 }), (r) => r.data.length >= 1);
  await step('deploy', () => flows.deploy(source, { name: 'deployed', wabaId: businessAccountId, publish: true, preview: true }), (r) => r.flowId && r.previewUrl);
  return made?.id;
}

async function received() {
  const message = (fits) => () => until(() => seen.flatMap((s) => s.messages).find(fits));
  const status = (fits) => () => until(() => seen.flatMap((s) => s.statuses).find(fits));
  await step('receives a text', message((m) => m.id === hello && m.text?.body === 'Hello'));
  await step('receives statuses', status((s) => s.bizOpaqueCallbackData === 'm-1' && s.status === 'delivered' && s.pricing));
  await step('receives read', status((s) => s.bizOpaqueCallbackData === 'm-1' && s.status === 'read'));
  const person = { phone_id: phoneNumberId, from: ana };
  await sim.inbound({ ...person, type: 'text', text: { body: 'caf\u00e9 \u{1F44B} / ok' } });
  await sim.inbound({ ...person, type: 'image' });
  await sim.inbound({ ...person, type: 'interactive', interactive: { type: 'button_reply', button_reply: { id: 'yes', title: 'Yes' } } });
  await sim.inbound({ ...person, type: 'order', order: { catalog_id: '1', product_items: [{ product_retailer_id: 'sku1', quantity: 2, item_price: 9.9, currency: 'GBP' }] } });
  await step('receives letters of all kinds', message((m) => m.text?.body === 'caf\u00e9 \u{1F44B} / ok'));
  await step('receives an image', message((m) => m.type === 'image' && m.image.id));
  await step('receives a button', message((m) => m.interactive?.buttonReply?.id === 'yes'));
  await step('receives an order', message((m) => m.type === 'order' && m.order));
  await step('knows the person', () => seen.flatMap((s) => s.contacts).find((c) => c.waId === ana && c.userId && c.profile?.name));
  await step('every signature was right', () => hook.answers.every((s) => s === 200) && hook.answers.length);
  await step('a wrong signature is seen', () => !verifySignature({ appSecret: 'other', rawBody: '{}', signatureHeader: 'sha256=00' }));
}

await sends();
const flowId = await makeFlow();
await interactive(flowId);
await step('deprecate', () => flows.deprecate({ flowId }), succeeded);
await files();
await grammar();
await numbers();
await received();
await step('a wrong token is refused', async () => {
  try {
    await new WhatsAppClient({ accessToken: 'nonsense', baseUrl: base }).phoneNumbers.businessProfile.get({ phoneNumberId });
    return false;
  } catch (error) {
    return error.code === 190;
  }
});
const rooms = ['messages', 'media', 'templates', 'phoneNumbers', 'calls', 'conversations', 'contacts', 'flows'];
const offered = rooms.flatMap((name) => methods(client[name], `${name}.`, ['buildCacheKey', 'ensureRecipient', 'isKapsoProxy']));
offered.push('phoneNumbers.settings.get', 'phoneNumbers.settings.update', 'phoneNumbers.businessProfile.get', 'phoneNumbers.businessProfile.update', 'calls.permissions.get');
walk.covered(offered, calls, LEFT_OUT);
hook.close();
process.exit(walk.end(LEAST));
