// SPDX-License-Identifier: MIT
// Socket.IO protocol v5: what ends a connection, and how that looks by WebSocket and by polling.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { RS, said, start_suite, unknown_sid } from './support.js';

let server;
before(async () => (server = await start_suite()));
after(() => server.stop());

const closed = { closed: 1005, reason: '' };

describe('a connection is closed', () => {
  const placeholder = '{"_placeholder":true,"num":0}';
  const bad = {
    'for an event before CONNECT': { fresh: true, send: ['42["message"]'] },
    'for an event right behind CONNECT of another namespace': { fresh: true, send: ['40', '42/custom,["message"]'] },
    'for an event to a namespace that was not joined': ['42/custom,["message"]'],
    'for an ack of a namespace that was not joined': ['43/custom,1[]'],
    'for leaving a namespace that was not joined': ['41/custom,'],
    'for an event after leaving': ['41', '42["message"]'],
    'for leaving twice': ['41', '41'],
    'for a CONNECT_ERROR': ['44{"message":"x"}'],
    'for an unknown type': ['47'],
    'for a letter': ['4abc'],
    'for no type': ['4'],
    'for an object in place of arguments': ['42{}'],
    'for no arguments': ['42'],
    'for an empty event': ['42[]'],
    'for an event whose name is null': ['42[null]'],
    'for an event whose name is an object': ['42[{}]'],
    'for an id that is no number': ['42abc["message-with-ack"]'],
    'for a negative id': ['42-1["message"]'],
    'for an id that is too large': ['4299999999999999999999["message"]'],
    'for JSON that ends early': ['42["message"'],
    'for more than JSON': ['42["message"]x'],
    'for an ack that is no array': ['431{}'],
    'for DISCONNECT with data': ['41{}'],
    'for bytes that nobody announced': [Buffer.from([1])],
    'for text in place of an attachment': [`451-["message",${placeholder}]`, '42["message"]'],
    'for an attachment count that is no number': [`45x-["message",${placeholder}]`],
    'for no attachment count': [`45["message",${placeholder}]`],
    'for no attachments in a packet that has some': [`450-["message"]`],
    'for a placeholder beyond the attachments': ['451-["message",{"_placeholder":true,"num":1}]', Buffer.from([1])],
    'for a placeholder without a number': ['451-["message",{"_placeholder":true,"num":"0"}]', Buffer.from([1])],
    'for too many attachments': [`4511-["message",${placeholder}]`],
  };
  for (const name of ['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'])
    bad[`for an event with the reserved name ${name}`] = [`42["${name}"]`];

  for (const [why, what] of Object.entries(bad))
    test(why, async () => {
      const socket = what.fresh ? await server.websocket() : await server.joined();
      assert.deepEqual(await socket.send(...(what.send ?? what)).closed(), closed);
    });

  test('by polling: the waiting GET gets a close', async () => {
    const session = await server.polling();
    const held = await session.hold();
    assert.deepEqual(said(await session.post('4abc')), { status: 200, text: 'ok' });
    assert.equal((await held.answer).text, '1');
    assert.deepEqual(said(await session.get()), unknown_sid);
  });

  test('by polling in order: the next GET gets a noop and a close, POSTs in between are dropped', async () => {
    const session = await server.polling();
    await session.post('4abc');
    assert.deepEqual(said(await session.post('40')), { status: 200, text: 'ok' });
    assert.equal((await session.get()).text, `6${RS}1`);
    assert.deepEqual(said(await session.get()), unknown_sid);
  });

  test('by polling: what was queued comes first', async () => {
    const session = await server.polling();
    await session.post('40');
    await session.post('42["message",1]');
    await session.post('4abc');
    const queued = (await session.get()).text.split(RS);
    assert.match(queued[0], /^40\{"sid":/);
    assert.deepEqual(queued.slice(1), ['42["auth",{}]', '42["message-back",1]']);
    assert.equal((await session.get()).text, `6${RS}1`);
    assert.deepEqual(said(await session.get()), unknown_sid);
  });

  test('but not for a reserved name elsewhere, nor for "error" and "connection"', async () => {
    const socket = await server.joined();
    socket.send('42["error"]', '42["connection"]', '42["message","connect"]');
    assert.equal(await socket.next(), '42["message-back","connect"]');
    socket.close();
  });
});
