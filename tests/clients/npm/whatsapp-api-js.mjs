// Walks every call of the released `whatsapp-api-js` against the simulator: whatsapp-api-js.mjs BASE_URL
import { WhatsAppAPI } from 'whatsapp-api-js';
import * as M from 'whatsapp-api-js/messages';
import { PNG, Simulator, Walk, hasMessage, methods, receiver, succeeded, until, watched } from './walk.mjs';

const LEAST = 50;
const CALLING = 'calls need the calling API with audio sessions; the simulator refuses them with 138000';
const LEFT_OUT = {
  initiateCall: CALLING,
  preacceptCall: CALLING,
  rejectCall: CALLING,
  acceptCall: CALLING,
  terminateCall: CALLING,
};

const base = process.argv[2].replace(/\/+$/, '');
const walk = new Walk('whatsapp-api-js 6.3.0');
const sim = new Simulator(base);
const account = await sim.account({ phone_number: '447700900804', app_secret: 'secret-wajs', verify_token: 'tell-me' });
const phone = account.phone_number_id;
const ana = '447700900129';
const ben = '447700900130';

// Meta's address stands in every call of the library; its own hook for another fetch carries it to the simulator.
const carried = (url, options) => fetch(String(url).replace('https://graph.facebook.com', base), options);
const client = new WhatsAppAPI({ token: account.access_token, appSecret: account.app_secret, webhookVerifyToken: 'tell-me', v: 'v24.0', ponyfill: { fetch: carried, subtle: crypto.subtle } });
const calls = new Set();
const api = watched(client, calls);
const step = (what, call, want) => walk.step(what, call, want);
const send = (what, person, message, context, data) => step(what, () => api.sendMessage(phone, { phone: person }, message, context, data), hasMessage);

const seen = { messages: [], statuses: [] };
client.on.message = (args) => seen.messages.push(args);
client.on.status = (args) => seen.statuses.push(args);
const hook = await receiver(
  (query) => api.get(query),
  (body, signature) => api.post(JSON.parse(body), body.toString(), signature),
);
await step('a signature', () => api.verifyRequestSignature('{}', 'sha256=00'), (right) => right === false);
await sim.call('POST', 'handshake', { url: hook.url, verify_token: 'tell-me' });
await sim.account({ app_id: account.app_id, waba_id: account.waba_id, phone_number_id: phone, access_token: account.access_token, callback_url: hook.url });
// The library knows messages and calls only, and throws at fields of accounts.
await sim.call('PATCH', `apps/${account.app_id}`, { fields: { messages: 'v24.0' } });
const hello = await sim.inbound({ phone_id: phone, from: ana, type: 'text', text: { body: 'Hello' } });
await sim.inbound({ phone_id: phone, from: ben, type: 'text', text: { body: 'Hi' } });

async function sends() {
  await send('text', ana, new M.Text('See https://shop.example \u00e9\u{1F44B}', true), undefined, 'm-1');
  await send('reply', ana, new M.Text('an answer'), hello);
  await step('many people', () => Promise.all(api.broadcastMessage(phone, [{ phone: ana }, { phone: ben }], new M.Text('to all'), 2, 10)), (r) => r.length === 2 && r.every(hasMessage));
  await send('image', ana, new M.Image('https://files.example/a.png', false, 'c'));
  await send('video', ana, new M.Video('https://files.example/a.mp4', false, 'c'));
  await send('audio', ana, new M.Audio('https://files.example/a.mp3'));
  await send('voice', ana, new M.Audio('https://files.example/a.ogg', false, true));
  await send('document', ana, new M.Document('https://files.example/a.pdf', false, 'c', 'a.pdf'));
  await send('sticker', ana, new M.Sticker('https://files.example/a.webp'));
  await send('location', ana, new M.Location(-0.12, 51.5, 'Shop', '1 High St'));
  await send('contacts', ana, new M.Contacts([new M.Name('Ana Lima', 'Ana'), new M.Phone('+551199', 'WORK', '551199'), new M.Email('a@b.example', 'WORK'),
    new M.Url('https://b.example', 'WORK'), new M.Organization('B', 'D', 'T'), new M.Birthday('1990', '05', '20'), new M.Address('Portugal', 'pt', undefined, 'Porto')]));
  await send('reaction', ana, new M.Reaction(hello, '\u{1F44D}'));
  await send('reaction removed', ana, new M.Reaction(hello));
  await step('read', () => api.markAsRead(phone, hello), succeeded);
  await step('typing', () => api.markAsRead(phone, hello, 'text'), succeeded);
}

async function interactive() {
  const body = new M.Body('Pick');
  await send('buttons', ben, new M.Interactive(new M.ActionButtons(new M.Button('yes', 'Yes'), new M.Button('no', 'No')), body, new M.Header('H'), new M.Footer('F')));
  await send('picture above buttons', ben, new M.Interactive(new M.ActionButtons(new M.Button('yes', 'Yes')), body, new M.Header(new M.Image('https://files.example/h.png'))));
  await send('list', ben, new M.Interactive(new M.ActionList('Open', new M.ListSection('S', new M.Row('r1', 'Row 1', 'd'), new M.Row('r2', 'Row 2'))), body));
  await send('address button', ben, new M.Interactive(new M.ActionCTA('Open', 'https://shop.example'), body));
  await send('catalogue', ben, new M.Interactive(new M.ActionCatalog(new M.Product('sku1')), body));
  await send('product', ben, new M.Interactive(new M.ActionProduct(new M.CatalogProduct('sku1', '1234567890'))));
  await send('products', ben, new M.Interactive(new M.ActionProductList('1234567890', new M.ProductSection('S', new M.Product('sku1'))), body, new M.Header('T')));
  await send('ask for the place', ben, new M.Interactive(new M.ActionLocation(), body));
  await send('call permission', ben, new M.Interactive(new M.ActionCallPermission(), body));
  await send('ask for the number', ben, new M.Interactive(new M.ActionContactRequest(), body));
  const flow = await graph('POST', `${account.waba_id}/flows`, { name: 'wajs flow', categories: ['OTHER'], publish: true, flow_json: JSON.stringify({ version: '7.0',
    screens: [{ id: 'DONE', title: 'Done', terminal: true, layout: { type: 'SingleColumnLayout', children: [] } }] }) });
  await send('flow that navigates', ben, new M.Interactive(new M.ActionNavigateFlow('t', flow.id, 'Book', 'DONE', { a: 1 }), body));
  await send('flow that asks', ben, new M.Interactive(new M.ActionDataExchangeFlow('t', flow.id, 'Book'), body));
}

async function graph(method, path, value) {
  const answer = await fetch(`${base}/v24.0/${path}`, { method, body: JSON.stringify(value), headers: { authorization: `Bearer ${account.access_token}`, 'content-type': 'application/json' } });
  const body = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${path}: ${JSON.stringify(body)}`);
  return body;
}

async function grammar() {
  const make = (name, category, components) => sim.call('POST', 'templates', { waba_id: account.waba_id, name, language: 'en', category, components });
  await make('wajs_order', 'UTILITY', [{ type: 'HEADER', format: 'DOCUMENT' }, { type: 'BODY', text: 'Hi {{1}}, {{2}} for {{3}} goes out.' },
    { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Thanks' }, { type: 'URL', text: 'Track', url: 'https://shop.example/{{1}}' }] }]);
  await make('wajs_place', 'UTILITY', [{ type: 'HEADER', format: 'LOCATION' }, { type: 'BODY', text: 'Here it is.' }]);
  await make('wajs_offer', 'MARKETING', [{ type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'Ends', has_expiration: true } }, { type: 'BODY', text: 'Good.' },
    { type: 'BUTTONS', buttons: [{ type: 'COPY_CODE', example: 'SAVE10' }, { type: 'URL', text: 'Shop', url: 'https://shop.example' }] }]);
  await make('wajs_shelf', 'MARKETING', [{ type: 'BODY', text: 'All.' }, { type: 'BUTTONS', buttons: [{ type: 'CATALOG', text: 'View' }] }]);
  await make('wajs_many', 'MARKETING', [{ type: 'HEADER', format: 'TEXT', text: 'Some' }, { type: 'BODY', text: 'Some.' }, { type: 'BUTTONS', buttons: [{ type: 'MPM', text: 'View' }] }]);
  await make('wajs_flow', 'UTILITY', [{ type: 'BODY', text: 'Book.' }, { type: 'BUTTONS', buttons: [{ type: 'FLOW', text: 'Book', flow_id: '1' }] }]);
  const card = { components: [{ type: 'HEADER', format: 'IMAGE' }, { type: 'BODY', text: 'Card {{1}}.' }, { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'More' }] }] };
  await make('wajs_cards', 'MARKETING', [{ type: 'BODY', text: 'For {{1}}.' }, { type: 'CAROUSEL', cards: [card, card] }]);
  const text = (...values) => new M.BodyComponent(...values.map((v) => new M.BodyParameter(v)));
  const template = (name, ...components) => send(`template ${name}`, ben, new M.Template(name, 'en', ...components));
  await send('template without variables', ben, new M.Template('hello_world', 'en_US'));
  await template('wajs_order', new M.HeaderComponent(new M.HeaderParameter(new M.Document('https://files.example/a.pdf', false, undefined, 'a.pdf'))),
    text('Ana', new M.Currency(10_500, 'GBP', '\u00a310.50'), new M.DateTime('1 Dec 2026')), new M.PayloadComponent('thanks'), new M.URLComponent('A-77'));
  await template('wajs_place', new M.HeaderComponent(new M.HeaderParameter(new M.Location(-0.12, 51.5, 'Shop', '1 High St'))));
  await template('wajs_offer', new M.LTOComponent(Date.now() + 86_400_000), new M.CopyComponent('SAVE10'));
  await template('wajs_shelf', new M.CatalogComponent(new M.Product('sku1')));
  await template('wajs_many', new M.MPMComponent(new M.Product('sku1'), new M.ProductSection('S', new M.Product('sku1'))));
  await template('wajs_flow', new M.FlowComponent('t', { a: 1 }));
  const filled = (n) => new M.CarouselCard(new M.Image(`https://files.example/${n}.png`), text('one'), new M.PayloadComponent(`more-${n}`));
  await template('wajs_cards', text('Ana'), new M.CarouselComponent(filled(0), filled(1)));
}

async function files() {
  const form = new FormData();
  form.set('file', new Blob([PNG], { type: 'image/png' }), 'p.png');
  const id = (await step('upload', () => api.uploadMedia(phone, form), (r) => r.id))?.id;
  await send('image by id', ana, new M.Image(id, true));
  const node = await step('media address', () => api.retrieveMedia(id, phone), (r) => r.url && Number(r.file_size) === PNG.length);
  await step('bytes', async () => Buffer.from(await (await api.fetchMedia(node.url)).arrayBuffer()), (bytes) => bytes.equals(PNG));
  await step('delete media', () => api.deleteMedia(id, phone), succeeded);
}

async function business() {
  const code = (await step('make a QR code', () => api.createQR(phone, 'Hello', 'png'), (r) => r.code && r.qr_image_url))?.code;
  await step('a QR code', () => api.retrieveQR(phone, code), (r) => r.data[0].prefilled_message === 'Hello');
  await step('QR codes', () => api.retrieveQR(phone), (r) => r.data.length === 1);
  await step('change a QR code', () => api.updateQR(phone, code, 'Again'), (r) => r.prefilled_message === 'Again');
  await step('delete a QR code', () => api.deleteQR(phone, code), succeeded);
  await step('block', () => api.blockUser(phone, { phone: ana }), (r) => r.block_users.added_users.length === 1);
  await step('unblock', () => api.unblockUser(phone, { phone: ana }), (r) => r.block_users.removed_users.length === 1);
}

async function received() {
  const message = (fits) => () => until(() => seen.messages.find(fits));
  const status = (fits) => () => until(() => seen.statuses.find(fits));
  await step('receives a text', message((m) => m.message.id === hello && m.message.text?.body === 'Hello' && m.recipient.bsuid));
  await step('receives statuses', status((s) => s.biz_opaque_callback_data === 'm-1' && s.status === 'delivered' && s.pricing));
  await step('receives read', status((s) => s.biz_opaque_callback_data === 'm-1' && s.status === 'read'));
  await sim.inbound({ phone_id: phone, from: ana, type: 'text', text: { body: 'caf\u00e9 \u{1F44B} / ok' } });
  await sim.inbound({ phone_id: phone, from: ana, type: 'audio' });
  await step('receives letters of all kinds', message((m) => m.message.text?.body === 'caf\u00e9 \u{1F44B} / ok'));
  const audio = await step('receives a voice note', message((m) => m.message.type === 'audio'));
  await step('answers from the handler', () => audio.reply(new M.Text('heard')), hasMessage);
  await step('every signature was right', () => hook.answers.every((s) => s === 200) && hook.answers.length);
}

await sends();
await interactive();
await grammar();
await files();
await business();
await received();
await step('a wrong token is refused', async () => (await new WhatsAppAPI({ token: 'nonsense', v: 'v24.0', secure: false, ponyfill: { fetch: carried } }).retrieveQR(phone)).error.code, (code) => code === 190);
walk.covered(methods(client, '', ['getBody', 'offload']), calls, LEFT_OUT);
hook.close();
process.exit(walk.end(LEAST));
