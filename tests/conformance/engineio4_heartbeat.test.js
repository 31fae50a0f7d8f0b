// SPDX-License-Identifier: MIT
// Engine.IO protocol v4: the server pings, the client pongs, and who falls silent is let go. The interval is 300 ms and
// the time-out 400 ms; what a test measures may be late by as much as a busy machine makes it.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { said, sleep, start_echo, unknown_sid } from './support.js';

const interval = 300;
const timeout = 400;
const late = 300;

let server;
before(async () => (server = await start_echo('--ping-interval', `${interval}`, '--ping-timeout', `${timeout}`)));
after(() => server.stop());

async function timed(promise) {
  const began = performance.now();
  const value = await promise;
  return { value, took: performance.now() - began };
}

function assert_took({ took }, ms) {
  assert.ok(took > ms - 30 && took < ms + late, `took ${took} ms instead of ${ms}`);
}

describe('by WebSocket', () => {
  test('a ping comes an interval after the handshake and an interval after each pong', async () => {
    const socket = await server.websocket();
    for (let i = 0; i < 3; ++i) {
      const ping = await timed(socket.next());
      assert.equal(ping.value, '2');
      assert_took(ping, interval);
      await sleep(100);
      socket.send('3');
    }
    socket.close();
  });

  test('who does not answer is closed after the time-out', async () => {
    const socket = await server.websocket();
    assert.equal(await socket.next(), '2');
    const end = await timed(socket.next());
    assert.deepEqual(end.value, { closed: 1005, reason: '' });
    assert_took(end, timeout);
  });

  test('another packet in place of the pong gives one more time-out, but only one', async () => {
    const socket = await server.websocket();
    assert.equal(await socket.next(), '2');
    await sleep(100);
    socket.send('4a');
    assert.equal(await socket.next(), '4a');
    const end = timed(socket.closed());
    await sleep(100);
    socket.send('4b');
    const over = await end;
    assert.ok(over.took > timeout - 30 && over.took < timeout + late, `took ${over.took} ms`);
  });

  test('a pong that nobody asked for starts the interval again', async () => {
    const socket = await server.websocket();
    await sleep(150);
    socket.send('3');
    assert_took(await timed(socket.next()), interval);
    socket.close();
  });

  test('frames of RFC 6455 do not stand in for a pong', async () => {
    const socket = await server.websocket();
    assert.equal(await socket.next(), '2');
    for (let i = 0; i < 3; ++i) {
      socket.ws.ping();
      await sleep(50);
    }
    assert.equal((await socket.closed()).closed, 1005);
  });
});

describe('by polling', () => {
  test('a waiting GET is answered with the ping', async () => {
    const session = await server.polling();
    for (let i = 0; i < 3; ++i) {
      const ping = await timed(session.get());
      assert.equal(ping.value.text, '2');
      assert_took(ping, interval);
      assert.equal((await session.post('3')).text, 'ok');
    }
  });

  test('the ping is queued when no GET waits', async () => {
    const session = await server.polling();
    await sleep(interval + 50);
    assert.equal((await session.get()).text, '2');
  });

  test('who stops polling is gone after interval and time-out', async () => {
    const session = await server.polling();
    await sleep(interval + timeout);
    assert.deepEqual(said(await session.get()), unknown_sid);
  });

  test('who polls but does not answer is told to close', async () => {
    const session = await server.polling();
    assert.equal((await session.get()).text, '2');
    const end = await timed(session.get());
    assert.equal(end.value.text, '1');
    assert_took(end, timeout);
  });
});

describe('across an upgrade', () => {
  test('the wait for a pong goes on', async () => {
    const session = await server.polling();
    assert.equal((await session.get()).text, '2');
    const socket = await session.probe().open();
    socket.send('5');
    assert.equal((await socket.closed()).closed, 1005);
  });

  test('the ping comes on the WebSocket', async () => {
    const session = await server.polling();
    const socket = await session.upgrade();
    assert.equal(await socket.next(), '2');
    assert.equal(await socket.send('3').next(), '2');
    socket.close();
  });
});
