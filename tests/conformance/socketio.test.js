// SPDX-License-Identifier: MIT
// Socket.IO protocol v5, and v4 for clients of Engine.IO 3: connecting, events, acks, leaving, and what ends a connection.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { RS, said, start_suite, unknown_sid } from './support.js';

let server;
before(async () => (server = await start_suite('--eio3', 'on')));
after(() => server.stop());

const closed = { closed: 1005, reason: '' };

/** A connection that has joined "/"; its sid is in `.sid`. */
async function joined(connect = '40') {
  const socket = await server.websocket();
  socket.send(connect);
  socket.sid = JSON.parse((await socket.next()).replace(/^40[^{]*/, '')).sid;
  assert.match(await socket.next(), /^42(\/custom,)?\["auth",/);
  return socket;
}

describe('connecting', () => {
  const accepted = {
    '40': ['40', '42["auth",{}]'],
    '40{}': ['40', '42["auth",{}]'],
    '40/,': ['40', '42["auth",{}]'],
    '40{"token":"123","€":[1,{"a":null}]}': ['40', '42["auth",{"token":"123","€":[1,{"a":null}]}]'],
    '40/custom,': ['40/custom,', '42/custom,["auth",{}]'],
    '40/custom': ['40/custom,', '42/custom,["auth",{}]'],
    '40/custom,{"token":"abc"}': ['40/custom,', '42/custom,["auth",{"token":"abc"}]'],
  };
  for (const [sent, [head, auth]] of Object.entries(accepted))
    test(`by ${sent} is answered with a sid and nothing else`, async () => {
      const socket = await server.websocket();
      const reply = await socket.send(sent).next();
      assert.ok(reply.startsWith(head), reply);
      const data = JSON.parse(reply.slice(head.length));
      assert.deepEqual(Object.keys(data), ['sid']);
      assert.match(data.sid, /^[\w-]{20}$/);
      assert.notEqual(data.sid, socket.handshake.sid);
      assert.equal(await socket.next(), auth);
      socket.close();
    });

  test('gives each namespace an id of its own', async () => {
    const socket = await joined();
    const other = JSON.parse((await socket.send('40/custom,').next()).slice('40/custom,'.length)).sid;
    assert.notEqual(other, socket.sid);
    socket.close();
  });

  for (const name of ['random', 'nope?a=b', 'a["x"]', '€', 'custom/', 'Custom', ''].map((name) => `/${name}`).filter((name) => name !== '/'))
    test(`to ${name} is refused and the connection goes on`, async () => {
      const socket = await server.websocket();
      assert.equal(await socket.send(`40${name}`).next(), `44${name},{"message":"Invalid namespace"}`);
      assert.match(await socket.send('40').next(), /^40\{"sid":/);
      socket.close();
    });

  test('takes several namespaces at a time', async () => {
    const socket = await server.websocket();
    socket.send('40', '40/custom,', '40/nope,');
    const heads = [];
    while (heads.length < 5) heads.push((await socket.next()).replace(/\{.*|\[.*/, ''));
    assert.deepEqual(heads.filter((head) => !head.startsWith('42')), ['40', '40/custom,', '44/nope,']);
    socket.close();
  });

  for (const bad of ['40[]', '40"x"', '40null', '40{', '40{}x', '40/custom,[]', '40/custom,null'])
    test(`by ${bad} closes the connection`, async () => {
      const socket = await server.websocket();
      assert.deepEqual(await socket.send(bad).next(), closed);
    });

  test('twice to one namespace closes the connection', async () => {
    const socket = await joined();
    assert.deepEqual(await socket.send('40').closed(), closed);
  });

  test('is not waited for longer than the time-out', async () => {
    const impatient = await start_suite('--connect-timeout', '300');
    const socket = await impatient.websocket();
    const refused = await impatient.websocket();
    assert.match(await refused.send('40/nope').next(), /^44/);
    const stays = await impatient.websocket();
    assert.match(await stays.send('40/custom,').next(), /^40/);
    await stays.next();
    assert.deepEqual(await socket.closed(), closed);
    assert.deepEqual(await refused.closed(), closed);
    const session = await impatient.polling();
    assert.equal((await session.get()).text, '1');
    assert.match(await stays.send('41/custom,', '40').next(), /^40/);
    stays.close();
    await impatient.stop();
  });
});

describe('an event', () => {
  const echoed = {
    '42["message"]': '42["message-back"]',
    '42["message",1,"2",{"3":[true]}]': '42["message-back",1,"2",{"3":[true]}]',
    '42["message","€😀\\u001e\\"\\\\/"]': '42["message-back","€😀\\u001e\\"\\\\/"]',
    '42["message",null,-0.5,1e3,[],{}]': '42["message-back",null,-0.5,1e3,[],{}]',
  };
  for (const [sent, back] of Object.entries(echoed))
    test(`${sent} is answered`, async () => {
      const socket = await joined();
      const got = await socket.send(sent).next();
      assert.deepEqual(JSON.parse(got.slice(2)), JSON.parse(back.slice(2)));
      assert.equal(got.slice(0, 2), '42');
      socket.close();
    });

  test('with attachments is put together and sent on', async () => {
    const socket = await joined();
    const [one, two] = [Buffer.from([1, 2, 3]), Buffer.from([4, 5, 6])];
    socket.send('452-["message",{"_placeholder":true,"num":0},{"a":[{"_placeholder":true,"num":1}]}]', one, two);
    assert.equal(await socket.next(), '452-["message-back",{"_placeholder":true,"num":0},{"a":[{"_placeholder":true,"num":1}]}]');
    assert.deepEqual(await socket.next(), one);
    assert.deepEqual(await socket.next(), two);
    socket.close();
  });

  test('with attachments goes by polling, too', async () => {
    const session = await server.polling();
    await session.post('40');
    assert.match((await session.get()).text, /^40\{/);
    assert.match((await session.get()).text, /^42\["auth"/);
    await session.post(`451-["message",{"_placeholder":true,"num":0}]${RS}bAQIDBA==`);
    assert.equal((await session.get()).text, `451-["message-back",{"_placeholder":true,"num":0}]${RS}bAQIDBA==`);
  });

  test('that nobody handles, and an ack that nobody waits for, are ignored', async () => {
    const socket = await joined();
    socket.send('42["unheard",1]', '427["unheard"]', '42[0,1]', '43999[1]', '43[]', '42["message","after"]');
    assert.equal(await socket.next(), '42["message-back","after"]');
    socket.close();
  });

  test('is delivered in order', async () => {
    const socket = await joined();
    for (let i = 0; i < 200; ++i) socket.send(`42["message",${i}]`);
    for (let i = 0; i < 200; ++i) assert.equal(await socket.next(), `42["message-back",${i}]`);
    socket.close();
  });
});

describe('an ack', () => {
  for (const [sent, back] of [
    ['42456["message-with-ack",1,"2",{"3":[false]}]', '43456[1,"2",{"3":[false]}]'],
    ['420["message-with-ack"]', '430[]'],
    ['42007["message-with-ack"]', '437[]'],
    ['429007199254740991["message-with-ack","x"]', '439007199254740991["x"]'],
  ])
    test(`to ${sent} is ${back}`, async () => {
      const socket = await joined();
      assert.equal(await socket.send(sent).next(), back);
      socket.close();
    });

  test('carries attachments', async () => {
    const socket = await joined();
    const [one, two] = [Buffer.from([1, 2, 3]), Buffer.from([4, 5, 6])];
    socket.send('452-789["message-with-ack",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]', one, two);
    assert.equal(await socket.next(), '462-789[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]');
    assert.deepEqual(await socket.next(), one);
    assert.deepEqual(await socket.next(), two);
    socket.close();
  });
});

describe('leaving', () => {
  test('a namespace keeps the connection, and coming back gives another id', async () => {
    const socket = await joined();
    const again = JSON.parse((await socket.send('41', '40').next()).slice(2)).sid;
    assert.notEqual(again, socket.sid);
    socket.close();
  });

  test('one namespace leaves the others alone', async () => {
    const socket = await joined();
    await socket.send('40/custom,').next();
    assert.equal(await socket.next(), '42/custom,["auth",{}]');
    assert.equal(await socket.send('41/custom', '42["message",1]').next(), '42["message-back",1]');
    socket.close();
  });

  test('all namespaces keeps the heartbeat', async () => {
    const quick = await start_suite('--ping-interval', '300', '--ping-timeout', '200');
    const socket = await quick.websocket();
    await socket.send('40').next();
    await socket.next();
    assert.equal(await socket.send('41').next(), '2');
    socket.close();
    await quick.stop();
  });

  test('is announced to nobody when the server leaves', async () => {
    const leaving = await start_suite();
    const socket = await leaving.websocket();
    await socket.send('40').next();
    await socket.next();
    const left = leaving.stop();
    assert.deepEqual(await socket.next(), closed);
    await left;
  });
});

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
      const socket = what.fresh ? await server.websocket() : await joined();
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
    const socket = await joined();
    socket.send('42["error"]', '42["connection"]', '42["message","connect"]');
    assert.equal(await socket.next(), '42["message-back","connect"]');
    socket.close();
  });
});

describe('a client of Engine.IO 3', () => {
  test('is in "/" without asking, by the id of its session', async () => {
    const socket = await server.websocket('', { eio: 3 });
    assert.equal(await socket.next(), '40');
    assert.equal(await socket.next(), '42["auth",{}]');
    assert.equal(await socket.send('42["message",1]').next(), '42["message-back",1]');
    socket.close();
  });

  test('is told so by polling in its first GET', async () => {
    const session = await server.polling3();
    const answer = await session.get();
    assert.equal(answer.text, '2:40');
    assert.equal((await session.get()).text, '13:42["auth",{}]');
  });

  test('joins namespaces with a query, and gets no data back', async () => {
    const socket = await server.websocket('', { eio: 3 });
    await socket.next();
    await socket.next();
    assert.equal(await socket.send('40/custom?token=123&x=a%20b,').next(), '40/custom,');
    assert.equal(await socket.next(), '42/custom,["auth",{"token":"123","x":"a b"}]');
    assert.equal(await socket.send('40/nope,').next(), '44/nope,"Invalid namespace"');
    socket.close();
  });

  test('may repeat its CONNECT and speak to namespaces that it left', async () => {
    const socket = await server.websocket('', { eio: 3 });
    await socket.next();
    await socket.next();
    socket.send('40', '40/', '42/custom,["message"]', '41/custom,', '43/custom,1[]', '42["message",2]');
    assert.equal(await socket.next(), '42["message-back",2]');
    socket.close();
  });

  test('is closed by polling with a noop and a close', async () => {
    const session = await server.polling3();
    await session.get();
    await session.get();
    await session.post('4:42{}');
    assert.equal((await session.get()).text, '1:61:1');
    assert.deepEqual(said(await session.get()), unknown_sid);
  });

  test('marks binary by a type byte', async () => {
    const socket = await server.websocket('', { eio: 3 });
    await socket.next();
    await socket.next();
    socket.send('451-["message",{"_placeholder":true,"num":0}]', Buffer.from([4, 1, 2]));
    assert.equal(await socket.next(), '451-["message-back",{"_placeholder":true,"num":0}]');
    assert.deepEqual(await socket.next(), Buffer.from([4, 1, 2]));
    socket.close();
  });
});
