// SPDX-License-Identifier: MIT
// permessage-deflate (RFC 7692) between the WebSocket client of Node and the echo server: whatever is offered, what is
// sent comes back, and a message that is not well compressed ends the connection with the right code.

import assert from 'node:assert/strict';
import { deflateRawSync, constants } from 'node:zlib';
import { after, before, test } from 'node:test';
import { WebSocket, start_ws_echo, within } from './support.js';

let server;
before(async () => (server = await start_ws_echo('--deflate', 'on', '--max-message', '2000000')));
after(() => server.process.stop('SIGINT')); // it has no other way to end

const sizes = [0, 1, 125, 126, 1024, 65535, 65536, 300000];
const agreed = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover';

async function open(options) {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/`, options);
  let answer;
  socket.on('upgrade', (response) => (answer = response.headers['sec-websocket-extensions']));
  await within(new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject)), 'open');
  return { socket, answer };
}

const next = (socket) => within(new Promise((resolve) => socket.once('message', (data, binary) => resolve({ data, binary }))), 'message');
const closed = (socket) => within(new Promise((resolve) => socket.once('close', resolve)), 'close');

for (const [offer, wanted] of [
  [{ threshold: 0 }, agreed],
  [{ threshold: 0, clientMaxWindowBits: 9 }, agreed],
  [{ threshold: 0, serverMaxWindowBits: 15 }, `${agreed}; server_max_window_bits=15`],
  ...[9, 10, 11, 12, 13, 14].map((bits) => [
    { threshold: 0, serverMaxWindowBits: bits },
    `${agreed}; server_max_window_bits=${bits}`,
  ]),
  [{ threshold: 0, clientNoContextTakeover: true, serverNoContextTakeover: true }, agreed],
  [false, undefined],
])
  test(`echoes with ${JSON.stringify(offer)}`, async () => {
    const { socket, answer } = await open({ perMessageDeflate: offer });
    assert.equal(answer, wanted);
    for (const size of sizes) {
      const text = 'a€😀'.repeat(size).slice(0, size / 4) + 'x'.repeat(size);
      socket.send(text);
      assert.deepEqual(await next(socket), { data: Buffer.from(text), binary: false });
      const bytes = Buffer.from(Array.from({ length: size }, (_, i) => (i * i) >> 3 & 255));
      socket.send(bytes);
      assert.deepEqual(await next(socket), { data: bytes, binary: true });
    }
    const fragments = ['one, ', 'two, ', 'three'].map((text) => text.repeat(500));
    fragments.forEach((text, i) => socket.send(text, { fin: i === 2 }));
    assert.equal((await next(socket)).data.toString(), fragments.join(''));
    socket.close(1000);
    assert.equal(await closed(socket), 1000);
  });

/** One masked frame whose key is zero. */
function frame(first, payload) {
  const length = payload.length < 126 ? [0x80 | payload.length] : [0xfe, payload.length >> 8, payload.length & 255];
  return Buffer.concat([Buffer.from([first, ...length, 0, 0, 0, 0]), payload]);
}

const packed = (bytes) => deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);

for (const [what, bytes, code] of [
  ['a bomb', frame(0xc2, packed(Buffer.alloc(10_000_000))), 1009],
  ['bytes that are no DEFLATE', frame(0xc2, Buffer.from('\x06 none')), 1007],
  ['a compressed control frame', frame(0xc9, packed(Buffer.from('ping'))), 1002],
  ['text that is no UTF-8', frame(0xc1, packed(Buffer.from([0x63, 0xe9, 0x63]))), 1007],
])
  test(`${what} ends with ${code}`, async () => {
    const { socket } = await open({ perMessageDeflate: true });
    socket._socket.write(bytes);
    assert.equal(await closed(socket), code);
  });

/** The status and the extension of the answer to these lines. */
async function offered(...lines) {
  const raw = await server.raw();
  raw.send(
    'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
      `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${lines.map((one) => `Sec-WebSocket-Extensions: ${one}\r\n`).join('')}\r\n`,
  );
  const { head } = await raw.response();
  raw.close();
  return [Number(head.slice(9, 12)), /^sec-websocket-extensions: (.*?)\r?$/im.exec(head)?.[1]];
}

test('an offer may be in any of several lines', async () => {
  assert.deepEqual(await offered('other', 'permessage-deflate'), [101, agreed]);
  assert.deepEqual(await offered('permessage-deflate; server_max_window_bits=8', 'permessage-deflate'), [101, agreed]);
});

test('a window of 8 bits, which cannot be made, is declined', async () => {
  assert.deepEqual(await offered('permessage-deflate; server_max_window_bits=8'), [101, undefined]);
});

for (const parameter of ['server_max_window_bits=7', 'server_max_window_bits=16', 'server_max_window_bits', 'client_max_window_bits=20', 'unknown', 'server_no_context_takeover=1', 'server_no_context_takeover; server_no_context_takeover', ''])
  test(`an offer with "${parameter}" is answered 400`, async () => {
    assert.deepEqual(await offered(`permessage-deflate; ${parameter}`), [400, undefined]);
    assert.deepEqual(await offered('permessage-deflate', `permessage-deflate; ${parameter}`), [400, undefined]);
  });

test('a message may come in 131,072 fragments', async () => {
  const { socket } = await open({ perMessageDeflate: false });
  const masked = (first, text) => Buffer.from([first, 0x80 | text.length, 0, 0, 0, 0, ...Buffer.from(text)]);
  const middle = masked(0x00, 'x');
  socket._socket.write(Buffer.concat([masked(0x01, 'x'), ...Array(131_070).fill(middle), masked(0x80, 'x')]));
  assert.equal((await next(socket)).data.length, 131_072);
  socket.close(1000);
  assert.equal(await closed(socket), 1000);
});
