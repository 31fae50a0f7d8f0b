// SPDX-License-Identifier: MIT
// Pages of examples in Chromium. The whiteboard: what is drawn in one window appears in another, and in one that opens
// later. The chat: who joins, talks and leaves is seen by the others.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, open_page } from './browser.js';
import { start_example } from './support.js';

let server;
let browser;
before(async () => {
  server = await start_example('whiteboard');
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const has = (page, strokes) => page.locator(`body[data-strokes="${strokes}"]`).waitFor();
const connected = (page) => page.locator('#state', { hasText: 'connected' }).waitFor();

/** How many pixels of the canvas have been drawn on. */
const inked = (page) =>
  page.evaluate(() => {
    const canvas = document.querySelector('canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((value, i) => i % 4 === 3 && value > 0).length;
  });

test('a stroke drawn in one page is seen in the others', async (t) => {
  const complaints = [];
  const open = () => open_page(t, browser, complaints, server.url);
  const [one, other] = [await open(), await open()];
  await Promise.all([one, other].map(connected));
  await one.mouse.move(200, 200);
  await one.mouse.down();
  await one.mouse.move(400, 300, { steps: 5 });
  await one.mouse.move(300, 500, { steps: 5 });
  await one.mouse.up();
  await Promise.all([one, other].map((page) => has(page, 1)));
  await other.locator('.cursor').waitFor();
  assert.ok((await inked(other)) > 500, 'it is drawn');

  const late = await open();
  await has(late, 1);
  await late.getByRole('button', { name: 'Clear' }).click();
  await Promise.all([one, other, late].map((page) => has(page, 0)));
  assert.equal(await inked(other), 0);
  assert.deepEqual(complaints, []);
});

test('two people talk in the page of the chat', async (t) => {
  const chat = await start_example('chat');
  t.after(() => chat.stop());
  const complaints = [];
  const elsewhere = [];
  const open = async () => {
    const page = await open_page(t, browser, complaints, 'about:blank');
    page.on('request', (request) => /^(http|ws)/.test(request.url()) && !request.url().startsWith(chat.url) && elsewhere.push(request.url()));
    await page.goto(chat.url);
    await connected(page);
    return page;
  };
  const line = (page, text) => page.locator('#lines li', { hasText: text }).waitFor();
  const [alice, bob] = [await open(), await open()];
  await alice.getByPlaceholder('Your name').fill('Alice');
  await alice.getByRole('button', { name: 'Join' }).click();
  await line(bob, 'Alice has joined');
  await alice.getByPlaceholder('Say something').fill('hello');
  await alice.getByRole('button', { name: 'Send' }).click();
  await line(bob, 'Alice: hello');
  await line(alice, 'you: hello (5 bytes arrived)');
  await alice.close();
  await line(bob, 'Alice has left');
  assert.deepEqual(elsewhere, [], 'the page needs nothing but its own server');
  assert.deepEqual(complaints, []);
});
