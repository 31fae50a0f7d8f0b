// SPDX-License-Identifier: MIT
// Engine.IO protocol v3, as far as it differs from v4: payloads with lengths, type bytes, and the client that pings.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { said, sleep, start_echo, unknown_sid } from './support.js';

const ok = { status: 200, text: 'ok' };
const bad_request = { status: 400, text: '{"code":3,"message":"Bad request"}' };
const octets = { headers: { 'Content-Type': 'application/octet-stream' } };

let server;
before(async () => (server = await start_echo('--eio3', 'on', '--max-payload', '100000')));
after(() => server.stop());

describe('a handshake', () => {
  test('is answered with the open packet behind its length', async () => {
    for (const query of ['EIO=3&transport=polling', 'transport=polling', 'EIO=2&transport=polling']) {
      const { status, headers, text } = await server.ask(query);
      assert.equal(status, 200);
      assert.equal(headers['content-type'], 'text/plain; charset=UTF-8');
      const [, length, packet] = text.match(/^(\d+):(.*)$/);
      assert.equal(Number(length), packet.length);
      const opened = JSON.parse(packet.slice(1));
      assert.match(opened.sid, /^[\w-]{20}$/);
      assert.deepEqual(opened.upgrades, ['websocket']);
    }
  });

  test('by WebSocket offers no upgrade', async () => {
    const socket = await server.websocket('', { eio: 3 });
    assert.deepEqual(socket.handshake.upgrades, []);
    socket.close();
  });

  // What the public suite counts on, and some clients, too.
  test('by WebSocket is answered with a 101 that comes by itself', async () => {
    const raw = await server.raw();
    raw.send(
      'GET /engine.io/?EIO=3&transport=websocket HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    assert.equal((await raw.response()).status, 101);
    assert.equal(raw.waiting, 0);
    assert.equal((await raw.bytes(3))[2], '0'.charCodeAt(0));
    raw.close();
  });

  test('does not keep v4 away', async () => {
    assert.match((await server.ask('EIO=4&transport=polling')).text, /^0\{/);
  });

  test('fixes the revision', async () => {
    const session = await server.polling3();
    assert.deepEqual(said(await server.ask(`EIO=4&transport=polling&sid=${session.sid}`)), {
      status: 400,
      text: '{"code":3,"message":"Bad request"}',
    });
    assert.equal((await server.ask(`transport=polling&sid=${session.sid}`, { method: 'POST', body: '2:4a' })).text, 'ok');
  });
});

describe('a payload of text', () => {
  const echoed = {
    'one packet': '6:4hello',
    'several packets': '2:4a2:4b3:4cc',
    'a character of two bytes, which counts once': '2:4é',
    'a character of three bytes, which counts once': '2:4€2:4a',
    'a character of four bytes, which counts twice': '3:4😀2:4a',
    'a message without text': '1:4',
    'colons and digits': '8:41:4 2:3',
    'binary as base64': '6:4hello10:b4AQIDBA==',
  };
  for (const [what, body] of Object.entries(echoed))
    test(`with ${what} comes back as it was`, async () => {
      const session = await server.polling3('&b64=1');
      assert.deepEqual(said(await session.post(body)), ok);
      const answer = await session.get();
      assert.equal(answer.text, body);
      assert.equal(answer.headers['content-type'], 'text/plain; charset=UTF-8');
    });

  test('may break base64 in lines', async () => {
    const session = await server.polling3('&b64=1');
    assert.deepEqual(said(await session.post('12:b4AQI\nDBA==\n')), ok);
    assert.equal((await session.get()).text, '10:b4AQIDBA==');
  });

  test('without packets is allowed, and empty packets are skipped', async () => {
    const session = await server.polling3();
    assert.deepEqual(said(await session.post('0:2:4a0:')), ok);
    assert.equal((await session.get()).text, '2:4a');
  });

  for (const body of ['', 'abc', '4a', '3:4a', '2:4', ':4a', '-1:4a', '2:4a2', '2:4ax', '2:7a', '1e1:4a', '2:😀', '99999999999999999999:4a'])
    test(`that is "${body}" is answered 400 and ends the session`, async () => {
      const session = await server.polling3();
      const held = await session.hold();
      assert.deepEqual(said(await session.post(body)), bad_request);
      assert.equal((await held.answer).text, '1:1');
      assert.deepEqual(said(await session.get()), unknown_sid);
    });
});

describe('a payload of bytes', () => {
  test('answers a GET when a message is binary and the client takes it', async () => {
    const session = await server.polling3();
    assert.deepEqual(said(await session.post('2:4€10:b4AQIDBA==')), ok);
    const answer = await session.get();
    assert.equal(answer.headers['content-type'], 'application/octet-stream');
    assert.deepEqual(answer.bytes, Buffer.from('0004ff34e282ac0105ff0401020304', 'hex'));
  });

  test('has lengths of several digits', async () => {
    const session = await server.polling3();
    await session.post(`13:4${'x'.repeat(12)}4:b4AQ`);
    assert.deepEqual((await session.get()).bytes, Buffer.concat([
      Buffer.from([0, 1, 3, 0xff, 0x34]), Buffer.from('x'.repeat(12)), Buffer.from([1, 2, 0xff, 4, 1]),
    ]));
  });

  test('is taken in a POST', async () => {
    for (const more of ['', '&b64=1']) {
      const session = await server.polling3(more);
      assert.deepEqual(said(await session.post(Buffer.from('0006ff3468656c6c6f0105ff0401020304', 'hex'), octets)), ok);
      const { bytes } = await session.get();
      if (more) assert.equal(bytes.toString(), '6:4hello10:b4AQIDBA==');
      else assert.deepEqual(bytes, Buffer.from('0006ff3468656c6c6f0105ff0401020304', 'hex'));
    }
  });

  test('is text again when no message is binary', async () => {
    const session = await server.polling3();
    await session.post(Buffer.from('0002ff3461', 'hex'), octets);
    assert.equal((await session.get()).text, '2:4a');
  });

  for (const bad of ['', '02', '0002ff34', '00ff3461', '00020aff34', '0102ff3401', '0001', `00${'09'.repeat(400)}ff34`])
    test(`that is "${bad.slice(0, 20)}" is answered 400 and ends the session`, async () => {
      const session = await server.polling3();
      assert.deepEqual(said(await session.post(Buffer.from(bad, 'hex'), octets)), bad_request);
      assert.deepEqual(said(await session.get()), unknown_sid);
    });
});

describe('by WebSocket', () => {
  test('a binary message begins with its type', async () => {
    const socket = await server.websocket('', { eio: 3 });
    assert.deepEqual(await socket.send(Buffer.from([4, 1, 2, 3])).next(), Buffer.from([4, 1, 2, 3]));
    assert.deepEqual(await socket.send(Buffer.from([4])).next(), Buffer.from([4]));
    assert.equal(await socket.send('4€').next(), '4€');
    assert.deepEqual(await socket.send('b4AQID').next(), Buffer.from([4, 1, 2, 3]));
    socket.close();
  });

  test('a binary message is base64 with b64', async () => {
    const socket = await server.websocket('&b64=1', { eio: 3 });
    assert.equal(await socket.send(Buffer.from([4, 1, 2, 3, 4])).next(), 'b4AQIDBA==');
    socket.close();
  });

  for (const [what, message] of [['an unknown type', '7'], ['an unknown type byte', Buffer.from([7, 1])], ['a digit in place of the byte', Buffer.from([0x34, 1])], ['no bytes', Buffer.alloc(0)], ['a pong', '3'], ['a close', '1']])
    test(`${what} ends the session with an empty close`, async () => {
      const socket = await server.websocket('', { eio: 3 });
      assert.deepEqual(await socket.send(message).closed(), { closed: 1005, reason: '' });
    });
});

describe('one at a time, as in v4:', () => {
  test('a second GET ends the session', async () => {
    const session = await server.polling3();
    const first = await session.hold();
    assert.deepEqual(said(await session.get()), { status: 400, text: '' });
    assert.equal((await first.answer).text, '1:1');
    assert.deepEqual(said(await session.get()), unknown_sid);
  });

  test('a close of the client answers the waiting GET with a noop', async () => {
    const session = await server.polling3();
    const held = await session.hold();
    assert.deepEqual(said(await session.post('1:1')), ok);
    assert.equal((await held.answer).text, '1:6');
  });

  test('a POST that is too large leaves the session alone', async () => {
    const session = await server.polling3();
    assert.deepEqual(said(await session.post(`100001:4${'x'.repeat(100000)}`)), { status: 413, text: '' });
    assert.deepEqual(said(await session.post('2:4a')), ok);
  });
});

describe('the upgrade', () => {
  test('ends a waiting GET with a noop', async () => {
    const session = await server.polling3();
    const held = await session.hold();
    const socket = await session.probe().open();
    assert.equal(await socket.send('2probe').next(), '3probe');
    assert.equal((await held.answer).text, '1:6');
    await session.post('2:4a4:b4AQ');
    socket.send('5', '4b');
    assert.equal(await socket.next(), '4a');
    assert.deepEqual(await socket.next(), Buffer.from([4, 1]));
    assert.equal(await socket.next(), '4b');
    assert.equal((await session.get()).text, '{"code":3,"message":"Bad request"}');
    socket.close();
  });
});

describe('the heartbeat', () => {
  let quick;
  before(async () => (quick = await start_echo('--eio3', 'on', '--ping-interval', '300', '--ping-timeout', '200')));
  after(() => quick.stop());

  test('is the answer to a ping, without its data', async () => {
    const socket = await server.websocket('', { eio: 3 });
    assert.equal(await socket.send('2').next(), '3');
    assert.equal(await socket.send('2hello').next(), '3');
    socket.close();
    const session = await server.polling3();
    await session.post('1:2');
    assert.equal((await session.get()).text, '1:3');
  });

  test('is never begun by the server, and silence ends the session', async () => {
    const socket = await quick.websocket('', { eio: 3 });
    const began = performance.now();
    assert.deepEqual(await socket.next(), { closed: 1005, reason: '' });
    const took = performance.now() - began;
    assert.ok(took > 450 && took < 800, `took ${took} ms`);
    const session = await quick.polling3();
    await sleep(500);
    assert.deepEqual(said(await session.post('1:2')), unknown_sid);
  });

  test('may be any packet', async () => {
    const socket = await quick.websocket('', { eio: 3 });
    for (const message of ['2', '4a', '6', '2', '4b']) {
      socket.send(message);
      await sleep(200);
    }
    assert.deepEqual([await socket.next(), await socket.next(), await socket.next(), await socket.next()], ['3', '4a', '3', '4b']);
    socket.close();
  });

  test('is watched after an upgrade, too', async () => {
    const session = await quick.polling3();
    const socket = await session.upgrade();
    assert.equal((await socket.closed()).closed, 1005);
  });
});

describe('JSONP', () => {
  test('carries payloads with lengths, and binary as base64', async () => {
    const opened = await server.ask('EIO=3&transport=polling&j=2');
    const inside = JSON.parse(opened.text.match(/^___eio\[2\]\((".*")\);$/)[1]);
    const sid = JSON.parse(inside.slice(inside.indexOf('{'))).sid;
    const query = `EIO=3&transport=polling&j=2&sid=${sid}`;
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const body = 'd=' + encodeURIComponent('2:4€10:b4AQIDBA==');
    assert.deepEqual(said(await server.ask(query, { method: 'POST', body, headers })), ok);
    assert.equal((await server.ask(query)).text, '___eio[2]("2:4€10:b4AQIDBA==");');
  });
});
