// SPDX-License-Identifier: MIT
// Engine.IO protocol v4 by WebSocket: one packet a message, and closes with the code that RFC 6455 has for them.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { start_echo, within } from './support.js';

let server;
before(async () => (server = await start_echo('--max-payload', '100000')));
after(() => server.stop());

/** A masked frame: `first` is the byte with FIN and the opcode. */
function frame(first, payload = '') {
  const data = Buffer.from(payload);
  const mask = randomBytes(4);
  const length = data.length < 126 ? [0x80 | data.length] : [0xfe, data.length >> 8, data.length & 0xff];
  return Buffer.concat([Buffer.from([first, ...length]), mask, data.map((byte, i) => byte ^ mask[i % 4])]);
}

/** A raw connection that has become a session; the 101 and the open packet are taken. */
async function raw_session(query = 'EIO=4&transport=websocket') {
  const raw = await server.raw();
  raw.send(
    `GET /engine.io/?${query} HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  const answer = await raw.response();
  assert.equal(answer.status, 101);
  assert.equal(answer.headers['sec-websocket-accept'], 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  const [first, length] = await raw.bytes(2);
  assert.equal(first, 0x81);
  assert.match((await raw.bytes(length)).toString(), /^0\{"sid":/);
  return raw;
}

describe('messages', () => {
  test('of text and of bytes come back as they were', async () => {
    const socket = await server.websocket();
    for (const message of ['4hello', '4', '4€😀', Buffer.from([1, 2, 3]), Buffer.from([4]), Buffer.alloc(0), '4last'])
      assert.deepEqual(await socket.send(message).next(), message);
    socket.close();
  });

  test('of any size up to the largest come back', async () => {
    const socket = await server.websocket();
    for (const size of [124, 125, 126, 65535, 65536, 99999]) {
      assert.equal(await socket.send('4' + 'x'.repeat(size)).next(), '4' + 'x'.repeat(size));
      assert.equal((await socket.send(Buffer.alloc(size, 7)).next()).length, size);
    }
    socket.close();
  });

  test('may be base64 from any client', async () => {
    const socket = await server.websocket();
    assert.deepEqual(await socket.send('bAQIDBA==').next(), Buffer.from([1, 2, 3, 4]));
    assert.deepEqual(await socket.send('b').next(), Buffer.alloc(0));
    socket.close();
  });

  for (const value of ['1', '0', 'true'])
    test(`of bytes go out as base64 with b64=${value}`, async () => {
      const socket = await server.websocket(`&b64=${value}`);
      assert.equal(await socket.send(Buffer.from([1, 2, 3, 4])).next(), 'bAQIDBA==');
      assert.equal(await socket.send('4text').next(), '4text');
      socket.close();
    });

  test('of bytes stay bytes with an empty b64', async () => {
    const socket = await server.websocket('&b64=');
    assert.deepEqual(await socket.send(Buffer.from([1])).next(), Buffer.from([1]));
    socket.close();
  });

  test('may come in fragments with a ping between them', async () => {
    const raw = await raw_session();
    raw.send(frame(0x01, '4he')).send(frame(0x89, 'are you there')).send(frame(0x00, 'l')).send(frame(0x80, 'lo'));
    const pong = await raw.bytes(2 + 13);
    assert.equal(pong[0], 0x8a);
    assert.equal(pong.subarray(2).toString(), 'are you there');
    assert.equal((await raw.bytes(8)).toString('latin1'), '\x81\x064hello');
    raw.close();
  });

  test('that arrive byte by byte are the same', async () => {
    const raw = await raw_session();
    for (const byte of frame(0x81, '4slow')) raw.send(Buffer.from([byte]));
    assert.equal((await raw.bytes(7)).toString('latin1'), '\x81\x054slow');
    raw.close();
  });

  test('sent together with the request are not lost', async () => {
    const raw = await server.raw();
    const request =
      'GET /engine.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
    raw.send(Buffer.concat([Buffer.from(request), frame(0x81, '4early')]));
    await raw.response();
    const [, length] = await raw.bytes(2);
    await raw.bytes(length);
    assert.equal((await raw.bytes(8)).toString('latin1'), '\x81\x064early');
    raw.close();
  });
});

describe('packets without meaning', () => {
  test('are ignored', async () => {
    const socket = await server.websocket();
    assert.equal(await socket.send('0{}', '5', '6', '3', '3probe', '4still here').next(), '4still here');
    socket.close();
  });
});

describe('a session ends with an empty close frame', () => {
  for (const [what, message] of [['an unknown type', '7'], ['a letter', 'abc'], ['an empty packet', ''], ['a ping', '2'], ['a probe', '2probe'], ['a close', '1'], ['base64 that is none', 'b!!!!']])
    test(`after ${what}`, async () => {
      const socket = await server.websocket();
      socket.send(message);
      assert.deepEqual(await socket.closed(), { closed: 1005, reason: '' });
    });

  test('when the server leaves', async () => {
    const leaving = await start_echo();
    const socket = await leaving.websocket();
    const left = leaving.stop();
    assert.deepEqual(await socket.closed(), { closed: 1005, reason: '' });
    await within(left, 'end of the server');
  });

  test('whose bytes are 88 00, and then the connection ends', async () => {
    const raw = await raw_session();
    raw.send(frame(0x81, '1'));
    assert.equal(await raw.end(), '\x88\x00');
  });
});

describe('a WebSocket is closed', () => {
  const bad = {
    'with 1009 for a message that is too large': [1009, () => [frame(0x01, '4'.repeat(60000)), frame(0x80, '4'.repeat(60000))]],
    'with 1007 for text that is no UTF-8': [1007, () => [frame(0x81, Buffer.from([0x34, 0xff]))]],
    'with 1002 for a frame without mask': [1002, () => [Buffer.from([0x81, 2, 0x34, 0x61])]],
    'with 1002 for a reserved opcode': [1002, () => [frame(0x83, '4a')]],
    'with 1002 for a reserved bit': [1002, () => [frame(0xc1, '4a')]],
    'with 1002 for a continuation of nothing': [1002, () => [frame(0x80, '4a')]],
    'with 1002 for a new message inside of another': [1002, () => [frame(0x01, '4a'), frame(0x81, '4b')]],
    'with 1002 for a ping in fragments': [1002, () => [frame(0x09, 'a')]],
    'with its own code when the client closes': [3001, () => [frame(0x88, Buffer.from([0x0b, 0xb9]))]],
  };
  for (const [what, [code, frames]] of Object.entries(bad))
    test(what, async () => {
      const raw = await raw_session();
      for (const one of frames()) raw.send(one);
      const last = await raw.bytes(4);
      assert.deepEqual([last[0], last[1], last.readUInt16BE(2)], [0x88, 2, code]);
      assert.equal(await raw.end(), '');
    });

  test('without a code when the client gives none', async () => {
    const raw = await raw_session();
    raw.send(frame(0x88));
    assert.equal(await raw.end(), '\x88\x00');
  });
});

describe('a handshake', () => {
  test('accepts no extension', async () => {
    const socket = await server.websocket('', { headers: { 'Sec-WebSocket-Extensions': 'permessage-deflate' } });
    assert.equal(socket.answer.headers['sec-websocket-extensions'], undefined);
    socket.close();
  });

  test('selects the first subprotocol', async () => {
    const socket = await server.websocket('', {});
    assert.equal(socket.answer.headers['sec-websocket-protocol'], undefined);
    socket.close();
    const asked = server.socket('EIO=4&transport=websocket', { protocols: ['one', 'two'] });
    await asked.open();
    assert.equal(asked.ws.protocol, 'one');
    asked.close();
  });
});
