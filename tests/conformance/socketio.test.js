// SPDX-License-Identifier: MIT
// Socket.IO protocol v5, and v4 for clients of Engine.IO 3: connecting, events, acks, leaving, and what ends a connection.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { RS, said, start_suite, unknown_sid } from './support.js';

let server;
before(async () => (server = await start_suite('--eio3', 'on')));
after(() => server.stop());

const closed = { closed: 1005, reason: '' };

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
    const socket = await server.joined();
    const other = JSON.parse((await socket.send('40/custom,').next()).slice('40/custom,'.length)).sid;
    assert.notEqual(other, socket.id);
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
    const socket = await server.joined();
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
      const socket = await server.joined();
      const got = await socket.send(sent).next();
      assert.deepEqual(JSON.parse(got.slice(2)), JSON.parse(back.slice(2)));
      assert.equal(got.slice(0, 2), '42');
      socket.close();
    });

  test('with attachments is put together and sent on', async () => {
    const socket = await server.joined();
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
    const socket = await server.joined();
    socket.send('42["unheard",1]', '427["unheard"]', '42[0,1]', '43999[1]', '43[]', '42["message","after"]');
    assert.equal(await socket.next(), '42["message-back","after"]');
    socket.close();
  });

  test('is delivered in order', async () => {
    const socket = await server.joined();
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
      const socket = await server.joined();
      assert.equal(await socket.send(sent).next(), back);
      socket.close();
    });

  test('carries attachments', async () => {
    const socket = await server.joined();
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
    const socket = await server.joined();
    const again = JSON.parse((await socket.send('41', '40').next()).slice(2)).sid;
    assert.notEqual(again, socket.id);
    socket.close();
  });

  test('one namespace leaves the others alone', async () => {
    const socket = await server.joined();
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
