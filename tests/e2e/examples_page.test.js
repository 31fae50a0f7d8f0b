// SPDX-License-Identifier: MIT
// The whiteboard's page in Chromium: what is drawn in one window appears in another, and in one that opens later.

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
