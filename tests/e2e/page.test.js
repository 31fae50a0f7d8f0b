// SPDX-License-Identifier: MIT
// The inbox page in headless Chromium, against the gateway's development run: what the backend pushes appears, what the
// page sends arrives, a refused token is explained. Screenshots are kept in artifacts/.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { barriers, launch, open_page as open, too_wide } from './browser.js';
import { artifacts, call_api, SECRET, start_gateway, WAIT } from './support.js';

let gateway;
let browser;
let complaints = [];

before(async () => {
  mkdirSync(artifacts, { recursive: true });
  gateway = await start_gateway();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await gateway?.stop();
});

beforeEach(() => (complaints = []));

const open_page = (t, url, options) => open(t, browser, complaints, url, options);
const shot = (page, name) => page.screenshot({ path: path.join(artifacts, name) });
const connected = (page) => page.locator('body[data-state="connected"]').waitFor();
const pushes = (page) => page.locator('#inbox .push');
const emit = (body) => call_api(gateway.api, 'POST', '/v1/emit', body);

test('a push by the HTTP API appears in the page', async (t) => {
  const page = await open_page(t, gateway.page);
  await connected(page);
  assert.equal(new URL(page.url()).search, '', 'the token left the address bar');
  await page.locator('#transport[data-now="websocket"][data-upgraded]').waitFor();
  assert.equal(await page.locator('#user').textContent(), 'dev');
  await page.locator('#online li', { hasText: 'dev' }).waitFor();

  await emit({ users: ['dev'], event: 'message', args: ['A greeting from the backend €😀'] });
  await pushes(page).filter({ hasText: 'A greeting from the backend €😀' }).waitFor();

  await emit({ rooms: ['house'], event: 'order', args: [{ id: 7, state: 'shipped', items: ['tea', 'cake'] }, 2] });
  await pushes(page).filter({ hasText: '"shipped"' }).waitFor();

  await emit({ all: true, event: 'message', args: ['<img src=x onerror=alert(1)>'] });
  await pushes(page).filter({ hasText: '<img src=x' }).waitFor();
  assert.equal(await page.locator('#inbox img').count(), 0, 'markup in a push is text');

  assert.equal(await page.locator('#count').textContent(), '3');
  assert.deepEqual(complaints, []);
  await shot(page, 'page.png');
});

test('what the page sends arrives in another', async (t) => {
  const [here, there] = [await open_page(t, gateway.page), await open_page(t, gateway.page)];
  await Promise.all([here, there].map(connected));
  await here.locator('#online li', { hasText: 'dev' }).getByRole('button').click();
  await here.getByLabel('Message', { exact: true }).fill('to myself, everywhere');
  await here.getByRole('button', { name: 'Send' }).click();
  for (const page of [here, there]) {
    const push = pushes(page).filter({ hasText: 'to myself, everywhere' });
    await push.waitFor();
    assert.match(await push.textContent(), /to you/);
  }
  await here.locator('#send-note.good').waitFor();

  await here.getByLabel('Everyone').check();
  await here.getByLabel('as JSON').check();
  await here.getByLabel('Message', { exact: true }).fill('{"raw": [1, null]}');
  await here.getByRole('button', { name: 'Send' }).click();
  await pushes(there).filter({ hasText: '"raw"' }).waitFor();
  assert.deepEqual(complaints, []);
});

test('a push to somebody who is away is not called sent', async (t) => {
  const page = await open_page(t, gateway.page);
  await connected(page);
  await page.getByLabel('One user').check();
  await page.getByLabel('User', { exact: true }).fill('somebody else');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('#send-note.warn', { hasText: 'somebody else is not online: nobody got it' }).waitFor();
  await page.getByLabel('User', { exact: true }).fill('dev');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('#send-note.good', { hasText: 'Sent to dev' }).waitFor();
});

test('the empty inbox shows the call of a backend, and it works', async (t) => {
  const page = await open_page(t, gateway.page);
  await connected(page);
  await page.locator('#curl', { hasText: `${gateway.api}/v1/emit` }).waitFor();
  execFileSync('sh', ['-c', await page.locator('#curl').textContent()], { timeout: WAIT, stdio: 'pipe' });
  await pushes(page).filter({ hasText: 'Hello from a backend' }).waitFor();
});

test('a page kicked by the backend says so and comes back when told', async (t) => {
  const page = await open_page(t, gateway.page);
  await connected(page);
  await page.locator('#transport[data-now="websocket"]').waitFor();
  await call_api(gateway.api, 'POST', '/v1/disconnect', { users: ['dev'], reason: 'a test' });
  await page.locator('body[data-state="disconnected"]').waitFor();
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await connected(page);
});

test('a page outlives a restart of the gateway', async (t) => {
  let server = await start_gateway({ secret: SECRET });
  t.after(() => server.stop());
  const page = await open_page(t, server.page);
  await connected(page);
  await page.locator('#transport[data-now="websocket"]').waitFor();
  await server.stop();
  await page.locator('body[data-state="reconnecting"]').waitFor();
  await page.locator('#state').filter({ hasText: 'try 2' }).waitFor();
  await page.locator('#online-none', { hasText: /^The gateway does not answer$/ }).waitFor();
  assert.equal(await page.locator('#online li').count(), 0, 'nobody is shown as online');
  await shot(page, 'page-reconnecting.png');
  server = await start_gateway({ secret: SECRET, listen: new URL(server.url).host });
  await connected(page);
  await page.locator('#attempts').filter({ hasText: '1 done' }).waitFor();
  await call_api(server.api, 'POST', '/v1/emit', { users: ['dev'], event: 'message', args: ['back again'] });
  await pushes(page).filter({ hasText: 'back again' }).waitFor();
});

test('a refused token is explained, and a good one pasted gets in', async (t) => {
  const page = await open_page(t, `${gateway.url}/?token=not.a.token`);
  await page.locator('#door-note').filter({ hasText: 'malformed_token' }).waitFor();
  assert.equal(new URL(page.url()).search, '');
  await shot(page, 'page-refused.png');
  await page.getByLabel('Token').fill(new URL(gateway.page).searchParams.get('token'));
  await page.getByRole('button', { name: 'Connect' }).click();
  await connected(page);
  await page.reload();
  await connected(page); // the tab remembers
});

for (const colorScheme of ['light', 'dark'])
  test(`nothing in the page keeps anybody out, ${colorScheme}`, async (t) => {
    const door = await open_page(t, gateway.url, { colorScheme });
    await door.locator('#door').waitFor();
    assert.deepEqual(await barriers(door), []);
    const page = await open_page(t, gateway.page, { colorScheme });
    await connected(page);
    await page.locator('#curl', { hasText: '/v1/emit' }).waitFor();
    await page.locator('#lately li', { hasText: 'upgraded' }).waitFor();
    assert.deepEqual(await barriers(page), [], 'empty');
    await emit({ users: ['dev'], event: 'message', args: ['a text'] });
    await emit({ users: ['dev'], event: 'list', args: [Array(60).fill('long')] });
    await emit({ users: ['dev'], event: 'note', args: [{ text: 'a text', from: 'dev', to: 'dev', more: Array(60).fill('long') }] });
    await pushes(page).nth(2).waitFor();
    await page.locator('#inbox summary').click();
    await page.getByLabel('One user').check();
    await page.getByLabel('User', { exact: true }).fill('somebody else');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('#send-note.warn').waitFor();
    assert.deepEqual(await barriers(page), [], 'full');
  });

test('the page fits a phone before the first message', async (t) => {
  const page = await open_page(t, gateway.page, { viewport: { width: 390, height: 844 } });
  await connected(page);
  await page.locator('#curl', { hasText: '/v1/emit' }).waitFor();
  const wider = await too_wide(page);
  assert.ok(wider <= 0, `${wider} pixels too wide for a phone`);
  await page.screenshot({ path: path.join(artifacts, 'page-phone-empty.png'), fullPage: true });
});

test('the page fits a phone, in the dark', async (t) => {
  const page = await open_page(t, gateway.page, { viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
  await connected(page);
  await page.locator('#transport[data-now="websocket"]').waitFor();
  await emit({ users: ['dev'], event: 'message', args: ['a push for a small screen'] });
  await pushes(page).first().waitFor();
  const wider = await too_wide(page);
  assert.ok(wider <= 0, `${wider} pixels too wide for a phone`);
  await page.screenshot({ path: path.join(artifacts, 'page-phone-dark.png'), fullPage: true });
});
