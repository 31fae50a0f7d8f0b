// SPDX-License-Identifier: MIT
// Engine.IO protocol v4: the way from long-polling to WebSocket, and everything that can come between.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { RS, said, start_echo, unknown_sid } from './support.js';

const bad_request = { status: 400, text: '{"code":3,"message":"Bad request"}' };

let server;
before(async () => (server = await start_echo('--upgrade-timeout', '700')));
after(() => server.stop());

async function probed(session) {
  const socket = await session.probe().open();
  assert.equal(await socket.send('2probe').next(), '3probe');
  return socket;
}

describe('an upgrade', () => {
  test('goes by probe, noop and upgrade packet', async () => {
    const session = await server.polling();
    const held = await session.hold();
    const socket = await probed(session);
    const began = performance.now();
    assert.deepEqual(said(await held.answer), { status: 200, text: '6' });
    assert.ok(performance.now() - began < 80, 'the noop came late');
    assert.equal(await socket.send('5', '4hello').next(), '4hello');
    assert.deepEqual(await socket.send(Buffer.from([1, 2])).next(), Buffer.from([1, 2]));
    socket.close();
  });

  test('ends a GET that comes after the answer to the probe, at once', async () => {
    const session = await server.polling();
    const socket = await probed(session);
    const began = performance.now();
    assert.equal((await session.get()).text, '6');
    assert.equal((await session.get()).text, '6');
    assert.ok(performance.now() - began < 80, 'the noops came late');
    assert.equal(await socket.send('5', '4a').next(), '4a');
    socket.close();
  });

  test('slows down a client that polls on and on, but answers it', async () => {
    const session = await server.polling();
    const socket = await probed(session);
    const began = performance.now();
    let polled = 0;
    for (; performance.now() - began < 450; ++polled) assert.equal((await session.get()).text, '6');
    assert.ok(polled >= 5 && polled <= 10, `polled ${polled} times`);
    assert.equal(await socket.send('5', '4a').next(), '4a');
    socket.close();
  });

  test('answers a GET that still waits with a close', async () => {
    const session = await server.polling();
    const held = await session.hold();
    const socket = await session.probe().open();
    socket.send('5', '4a');
    assert.equal((await held.answer).text, '1');
    assert.equal(await socket.next(), '4a');
    socket.close();
  });

  test('needs no probe', async () => {
    const session = await server.polling();
    const socket = await session.probe().open();
    assert.equal(await socket.send('5', '4a').next(), '4a');
    socket.close();
  });

  test('sends what is queued on the WebSocket, in order, before what is new', async () => {
    const session = await server.polling();
    const socket = await probed(session);
    await session.post(`4a${RS}4b${RS}bAQ==`);
    socket.send('5', '4c');
    assert.equal(await socket.next(), '4a');
    assert.equal(await socket.next(), '4b');
    assert.deepEqual(await socket.next(), Buffer.from([1]));
    assert.equal(await socket.next(), '4c');
    socket.close();
  });

  test('leaves messages to the waiting GET while it is probed', async () => {
    const session = await server.polling();
    const socket = await session.probe().open();
    const held = await session.hold();
    await session.post('4a');
    assert.equal((await held.answer).text, '4a');
    assert.equal(await socket.send('2probe').next(), '3probe');
    await session.post('4b');
    assert.equal((await session.get()).text, '4b');
    assert.equal(await socket.send('5', '4c').next(), '4c');
    socket.close();
  });

  test('is quick: probe, upgrade and messages in one go', async () => {
    const session = await server.polling();
    const socket = await session.probe().open();
    socket.send('2probe', '5', '4a', '4b', Buffer.from([9]));
    assert.equal(await socket.next(), '3probe');
    assert.equal(await socket.next(), '4a');
    assert.equal(await socket.next(), '4b');
    assert.deepEqual(await socket.next(), Buffer.from([9]));
    socket.close();
  });
});

describe('after an upgrade', () => {
  test('GET and POST are refused, and the session goes on', async () => {
    const session = await server.polling();
    const socket = await session.upgrade();
    assert.deepEqual(said(await session.get()), bad_request);
    assert.deepEqual(said(await session.post('4a')), bad_request);
    assert.equal(await socket.send('4b').next(), '4b');
    socket.close();
  });

  test('a second WebSocket is opened and closed, and the session goes on', async () => {
    const session = await server.polling();
    const socket = await session.upgrade();
    const second = session.probe();
    assert.deepEqual(await second.closed(), { closed: 1005, reason: '' });
    assert.equal(second.answer.statusCode, 101);
    assert.equal(await socket.send('4b').next(), '4b');
    socket.close();
  });

  test('the session ends with its WebSocket', async () => {
    const session = await server.polling();
    const socket = await session.upgrade();
    socket.ws.close();
    await socket.closed();
    assert.deepEqual(said(await session.get()), unknown_sid);
    assert.deepEqual(said(await session.probe().refused), { status: 400, text: 'Session ID unknown' });
  });
});

describe('a probe', () => {
  test('that is not the first is closed, and the first goes on', async () => {
    const session = await server.polling();
    const first = await session.probe().open();
    assert.deepEqual(await session.probe().closed(), { closed: 1005, reason: '' });
    assert.equal(await first.send('2probe').next(), '3probe');
    assert.equal(await first.send('5', '4a').next(), '4a');
    first.close();
  });

  for (const [what, message] of [['a message', '4a'], ['a bare ping', '2'], ['a pong', '3'], ['a close', '1'], ['a noop', '6'], ['garbage', 'abc'], ['bytes', Buffer.from([1])]])
    test(`that sends ${what} is closed, and the session stays on polling`, async () => {
      const session = await server.polling();
      const socket = await session.probe().open();
      assert.deepEqual(await socket.send(message).closed(), { closed: 1005, reason: '' });
      assert.equal((await session.post('4a')).text, 'ok');
      assert.equal((await session.get()).text, '4a');
    });

  test('that goes away leaves the session on polling, for another try', async () => {
    const session = await server.polling();
    (await probed(session)).close();
    await session.settle();
    assert.equal((await session.post('4a')).text, 'ok');
    assert.equal((await session.get()).text, '4a');
    const socket = await session.upgrade();
    assert.equal(await socket.send('4b').next(), '4b');
    socket.close();
  });

  test('that takes too long is closed, and another may come', async () => {
    const session = await server.polling();
    const slow = await probed(session);
    assert.deepEqual(await slow.closed(), { closed: 1005, reason: '' });
    const socket = await session.upgrade();
    assert.equal(await socket.send('4b').next(), '4b');
    socket.close();
  });

  test('is closed when the session ends', async () => {
    const session = await server.polling();
    const socket = await probed(session);
    await session.post('1');
    assert.deepEqual(await socket.closed(), { closed: 1005, reason: '' });
  });

  test('of a session that began as a WebSocket is opened and closed', async () => {
    const first = await server.websocket();
    const second = server.socket(`EIO=4&transport=websocket&sid=${first.handshake.sid}`);
    assert.deepEqual(await second.closed(), { closed: 1005, reason: '' });
    assert.equal(await first.send('4mine').next(), '4mine');
    first.close();
  });

  test('finds no upgrades where they are off', async () => {
    const fixed = await start_echo('--upgrades', 'off');
    const session = await fixed.polling();
    assert.deepEqual(await session.probe().closed(), { closed: 1005, reason: '' });
    assert.equal((await session.post('4a')).text, 'ok');
    await fixed.stop();
  });

  test('decides by its own b64 what the WebSocket is sent', async () => {
    const session = await server.polling();
    const socket = await server.socket(`EIO=4&transport=websocket&b64=1&sid=${session.sid}`).open();
    assert.equal(await socket.send('5', Buffer.from([1, 2, 3, 4])).next(), 'bAQIDBA==');
    socket.close();
  });
});
