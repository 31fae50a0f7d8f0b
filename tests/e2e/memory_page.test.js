// SPDX-License-Identifier: MIT
// The page at /debug/ in headless Chromium, beside a gateway with a crowd: figures, chart, mark, purge, profiles, the
// key. Screenshots are kept in artifacts/.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { barriers, launch, open_page as open, too_wide } from './browser.js';
import { artifacts, call_api, connect, gateway, good_token, newest, Process, SECRET, start_gateway, transports, until } from './support.js';

const [, websocket] = transports;
const CROWD = 300;

let server;
let browser;
let crowd = [];
let complaints = [];

before(async () => {
  mkdirSync(artifacts, { recursive: true });
  server = await start_gateway({ secret: SECRET });
  browser = await launch();
  crowd = await gather(CROWD);
});
after(async () => {
  crowd.forEach((socket) => socket.close());
  await browser?.close();
  await server?.stop();
});
beforeEach(() => (complaints = []));

/** So many clients, three to a user, some of them in rooms. */
async function gather(size) {
  const all = [];
  for (let from = 0; from < size; from += 50)
    all.push(...(await Promise.all(Array.from({ length: Math.min(50, size - from) }, (_, i) => {
      const token = good_token(`user-${Math.floor((from + i) / 3)}`, 'sub');
      return connect(newest, websocket, server.url, { auth: { token }, reconnection: false });
    }))));
  await call_api(server.api, 'POST', '/v1/join', { users: ['user-1', 'user-2', 'user-3'], join: ['lobby', 'news'] });
  return all;
}

const open_page = (t, options, url = `${server.api}/debug/`) => open(t, browser, complaints, url, options);
const live = (page) => page.locator('body[data-state="live"]').waitFor();
const shot = (page, name) => page.screenshot({ path: path.join(artifacts, name), fullPage: true });
const text = (page, selector) => page.locator(selector).textContent();
const part = (page, name, column) => page.locator(`#parts tr[data-part="${name}"] ${column}`).textContent();

test('shows what memory is held for, and by whom', async (t) => {
  const page = await open_page(t, { viewport: { width: 1280, height: 1000 } });
  await live(page);
  assert.match(await text(page, '#rss'), /^\d[\d.]* MiB$/);
  assert.match(await text(page, '#explained'), /^\d[\d.]* %$/);
  assert.equal(await text(page, '#users'), String(CROWD / 3));
  assert.equal(await text(page, '#shedding'), 'none');
  for (const name of ['session', 'socket', 'code']) assert.match(await part(page, name, 'td.n >> nth=0'), /^\d[\d.]* (B|KiB|MiB)$/, name);
  assert.match(await part(page, 'session', 'td.n >> nth=1'), /^\d{3,}$/, 'objects');

  // Two samples make an area.
  await until(() => page.locator('#chart .area[data-part="code"]').count(), 'an area of code');
  assert.ok((await page.locator('#chart .area').count()) >= 5);
  await page.locator('#top tbody tr', { hasText: 'user-' }).first().waitFor();
  await page.getByRole('button', { name: 'Users' }).click();
  await page.locator('#top tbody tr', { hasText: 'user-' }).first().waitFor();
  await page.getByRole('button', { name: 'Rooms' }).click();
  await page.locator('#top tbody tr', { hasText: 'house' }).waitFor();
  await page.getByRole('button', { name: 'Connections' }).click();
  await page.getByRole('button', { name: 'Waiting' }).click();
  await page.locator('#top th[aria-sort]', { hasText: 'Waiting' }).waitFor();
  await shot(page, 'memory.png');
  assert.deepEqual(complaints, []);
});

test('the chart tells its figures to pointer and keys, and hides what is clicked away', async (t) => {
  const page = await open_page(t);
  await live(page);
  await until(() => page.locator('#chart .area[data-part="code"]').count(), 'an area of code');
  await page.locator('#chart').hover();
  await page.locator('#tip', { hasText: 'resident' }).waitFor();
  await page.mouse.move(0, 0);
  await page.locator('#tip').waitFor({ state: 'hidden' });
  await page.locator('#chart').focus();
  await page.keyboard.press('End');
  await page.locator('#tip', { hasText: 'code' }).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('#tip').waitFor({ state: 'hidden' });

  const code = page.locator('#legend').getByRole('button', { name: 'code', exact: true });
  await code.click();
  assert.equal(await code.getAttribute('aria-pressed'), 'false');
  assert.equal(await page.locator('#chart .area[data-part="code"]').count(), 0);
  await page.locator('#legend').getByRole('button', { name: 'Held for clients' }).click();
  assert.equal(await page.locator('#chart .area[data-part="session"]').count(), 0);
  await code.click();
  assert.equal(await page.locator('#chart .area[data-part="code"]').count(), 1);
  assert.deepEqual(complaints, []);
});

test('writes figures as people read them', async (t) => {
  const page = await open_page(t);
  const written = await page.evaluate(async () => {
    const { bytes, change, count, duration, percent, wait } = await import('./assets/format.js');
    const { step_for } = await import('./assets/chart.js');
    return [
      [0, 1023, 1024, 12.5 * 1024, 1023.9 * 1024, -3 * 2 ** 30, undefined].map(bytes),
      [0, 2048, -3].map(change),
      [5021, null].map(count),
      [0, 0.98349, 1].map(percent),
      [59.9, 3599, 11520, 93784].map(duration),
      [850, 9500, 185000].map(wait),
      [0, 5000, 16 * 2 ** 20].map(step_for),
    ];
  });
  assert.deepEqual(written, [
    ['0 B', '1023 B', '1.00 KiB', '12.5 KiB', '1.00 MiB', '\u22123.00 GiB', '–'],
    ['0', '+2.00 KiB', '\u22123 B'],
    ['5,021', '–'],
    ['0 %', '98.3 %', '100 %'],
    ['59 s', '59 min 59 s', '3 h 12 min', '1 d 2 h'],
    ['850 ms', '9.5 s', '3 min 5 s'],
    [256, 1024, 4 * 2 ** 20],
  ]);
});

test('a mark shows what grew since', async (t) => {
  const page = await open_page(t);
  await live(page);
  assert.equal(await part(page, 'session', 'td.delta'), '–');
  await page.getByRole('button', { name: 'Mark now' }).click();
  await page.locator('#mark-note', { hasText: 'Marked at' }).waitFor();
  const more = await gather(60);
  t.after(() => more.forEach((socket) => socket.close()));
  await page.locator('#parts tr[data-part="session"] td.delta.more', { hasText: '+' }).waitFor();
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.locator('#parts tr[data-part="session"] td.delta', { hasText: '–' }).waitFor();
  assert.ok(await page.getByRole('button', { name: 'Clear' }).isDisabled());
  assert.deepEqual(complaints, []);
});

test('purges, and hands out profiles', async (t) => {
  const page = await open_page(t, { acceptDownloads: true });
  // A second is enough for a test.
  await page.route('**/pprof/profile?seconds=10', (route) => route.continue({ url: route.request().url().replace('=10', '=1') }));
  await live(page);
  await page.getByRole('button', { name: 'Purge' }).click();
  await page.locator('#tools-note.good', { hasText: 'given back: resident' }).waitFor();
  for (const [button, name] of [['Heap profile', /^encke-.*\.heap$/], ['CPU profile', /^encke-.*\.prof$/]]) {
    const coming = page.waitForEvent('download');
    await page.getByRole('button', { name: button }).click();
    const download = await coming;
    assert.match(download.suggestedFilename(), name);
    assert.ok(statSync(await download.path()).size > 100);
    await page.locator('#tools-note.good', { hasText: 'kept' }).waitFor();
  }
  assert.deepEqual(complaints, []);
});

test('stands still when told, and goes on', async (t) => {
  const page = await open_page(t);
  await live(page);
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.locator('body[data-state="paused"]').waitFor();
  const asked = page.waitForRequest('**/debug/memory');
  await page.getByRole('button', { name: 'Go on' }).click();
  await asked;
  await live(page);
});

for (const colorScheme of ['light', 'dark'])
  test(`nothing in it keeps anybody out, ${colorScheme}`, async (t) => {
    const page = await open_page(t, { colorScheme });
    await live(page);
    await page.locator('#top tbody tr').first().waitFor();
    assert.deepEqual(await barriers(page), []);
  });

test('folds away the parts that hold nothing', async (t) => {
  const page = await open_page(t);
  await live(page);
  const idle = page.getByRole('button', { name: 'that hold nothing' });
  const row = page.locator('#parts tr[data-part="tls"]');
  await row.waitFor({ state: 'hidden' });
  await idle.click();
  await row.waitFor();
  await idle.click();
  await row.waitFor({ state: 'hidden' });
  assert.deepEqual(complaints, []);
});

test('fits a phone, in the dark', async (t) => {
  const page = await open_page(t, { viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
  await live(page);
  await page.locator('#top tbody tr').first().waitFor();
  const wider = await too_wide(page);
  assert.ok(wider <= 0, `${wider} pixels too wide for a phone`);
  await shot(page, 'memory-phone-dark.png');
});

test('asks for a key when the gateway wants one, and keeps it for the tab; says when nobody answers', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'encke-memory-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const key = 'a key that is long enough';
  const hash = execFileSync(gateway, ['hash-key', '--stdin'], { input: key, encoding: 'utf8' }).match(/hash: (\S+)/)[1];
  const config = path.join(folder, 'encke.toml');
  writeFileSync(config, `[server]\nlisten = "127.0.0.1:0"\n[api]\nlisten = "127.0.0.1:0"\nkeys = ["${hash}"]\n[auth]\nsecret = "${SECRET}"\n`);
  const guarded = await Process.start(gateway, ['serve', '--config', config], { api: /^api on (http:\S+)\s*$/m });
  t.after(() => guarded.ended || guarded.stop());

  const page = await open_page(t, {}, `${guarded.addresses.api}/debug/`);
  await page.locator('#door[open]').waitFor();
  await page.getByLabel('Key', { exact: true }).fill('another key that is long enough');
  await page.getByRole('button', { name: 'Open' }).click();
  await page.locator('#door-note', { hasText: 'does not know this key' }).waitFor();
  await page.getByLabel('Key', { exact: true }).fill(key);
  await page.keyboard.press('Enter');
  await live(page);
  assert.equal(await page.locator('#door[open]').count(), 0);
  assert.ok(!page.url().includes('key'));
  await page.reload();
  await live(page);
  assert.ok(complaints.every((line) => /401/.test(line)), complaints.join('\n'));

  await guarded.stop();
  await page.locator('#trouble', { hasText: 'does not answer' }).waitFor();
});
