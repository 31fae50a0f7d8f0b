// SPDX-License-Identifier: MIT
// A browser's own WebSocket, which offers permessage-deflate by itself: Chromium against the reference server.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { start_reference, within } from './support.js';

let server;
let browser;

before(async () => {
  server = await start_reference({ deflate: 'on', auth: 'off' });
  const executablePath = process.env.ENCKE_CHROMIUM ?? '/usr/bin/chromium';
  browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic'] });
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** In the page: opens a session, joins "/", emits each text, and returns what was agreed on and what came back. */
function run_in_page([url, texts]) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    const seen = [];
    socket.onerror = () => reject(new Error('no WebSocket'));
    socket.onclose = ({ code }) => reject(new Error(`closed ${code}`));
    socket.onmessage = ({ data }) => {
      if (data[0] === '0') return socket.send('40');
      if (data === '2') return socket.send('3');
      if (data.startsWith('42')) seen.push(JSON.parse(data.slice(2))[1]);
      if (seen.length === texts.length) return resolve({ agreed: socket.extensions, seen });
      return socket.send(`42${JSON.stringify(['echo', texts[seen.length]])}`);
    };
  });
}

test('what Chromium compresses is read, and what it reads was compressed', async () => {
  const page = await browser.newPage();
  const texts = ['short', 'again and '.repeat(10000), '😀€'.repeat(3000), '', 'x'.repeat(1100)];
  const url = `${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
  const { agreed, seen } = await within(page.evaluate(run_in_page, [url, texts]), 'echoes in the page');
  assert.match(agreed, /^permessage-deflate; server_no_context_takeover; client_no_context_takeover/);
  assert.deepEqual(seen, texts);
});
