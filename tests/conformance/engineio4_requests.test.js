// SPDX-License-Identifier: MIT
// Engine.IO protocol v4: which requests open a session, which are refused, and with what exactly.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { said, start_echo, unknown_sid } from './support.js';

const error = (code, message) => ({ status: 400, text: JSON.stringify({ code, message }) });
const transport_unknown = error(0, 'Transport unknown');
const bad_method = error(2, 'Bad handshake method');
const bad_request = error(3, 'Bad request');
const unsupported = error(5, 'Unsupported protocol version');
const empty = (status) => ({ status, text: '' });

let server;
before(async () => (server = await start_echo()));
after(() => server.stop());

describe('a polling handshake', () => {
  test('is answered with the open packet and the headers that clients rely on', async () => {
    const answer = await server.ask('EIO=4&transport=polling');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-type'], 'text/plain; charset=UTF-8');
    assert.equal(answer.headers['content-length'], String(answer.bytes.length));
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.equal(answer.headers['set-cookie'], undefined);
    assert.match(answer.text, /^0\{"sid":"[\w-]{20}","upgrades":\["websocket"\],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000\}$/);
  });

  test('gives everybody another sid', async () => {
    const sids = new Set();
    for (let i = 0; i < 20; ++i) sids.add((await server.polling()).sid);
    assert.equal(sids.size, 20);
  });

  test('takes an empty sid for none, and the last of parameters that repeat', async () => {
    assert.equal((await server.ask('EIO=4&transport=polling&sid=')).status, 200);
    assert.equal((await server.ask('EIO=3&EIO=4&transport=abc&transport=polling')).status, 200);
    assert.deepEqual(said(await server.ask('EIO=4&transport=polling&transport=abc')), transport_unknown);
  });

  test('decodes parameters as forms are', async () => {
    assert.equal((await server.ask('%45IO=%34&transport=poll%69ng&t=a+b%20c%zz')).status, 200);
  });

  test('keeps the connection for the next request', async () => {
    const raw = await server.raw();
    for (let i = 0; i < 3; ++i) {
      raw.send('GET /engine.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n');
      assert.equal((await raw.response()).status, 200);
    }
    raw.close();
  });
});

describe('a websocket handshake', () => {
  test('is answered with the open packet, which offers no upgrade', async () => {
    const socket = server.socket('EIO=4&transport=websocket');
    assert.match(await socket.next(), /^0\{"sid":"[\w-]{20}","upgrades":\[\],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000\}$/);
    assert.equal(socket.answer.headers['sec-websocket-extensions'], undefined);
    assert.equal(socket.answer.headers['set-cookie'], undefined);
    socket.close();
  });
});

const upgrade = (query, more = '') =>
  `GET /engine.io/?${query} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${more}\r\n`;

describe('every answer', () => {
  test('has the date', async () => {
    const date = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z][a-z] \d{4} \d\d:\d\d:\d\d GMT$/;
    const session = await server.polling();
    const socket = await server.websocket();
    const refused = await (await server.raw()).send(upgrade('EIO=4&transport=websocket').replace('13', '9')).end();
    const closed = await (await server.raw()).send(upgrade('EIO=4&transport=websocket&sid=nobody')).end();
    const no_http = await (await server.raw()).send('nonsense\r\n\r\n').end();
    const dates = [
      session.answer.headers.date,
      (await session.post('4a')).headers.date,
      (await session.get()).headers.date,
      (await server.ask('EIO=4&transport=none')).headers.date,
      (await server.plain('/nowhere')).headers.date,
      socket.answer.headers.date,
      ...[refused, closed, no_http].map((text) => /^Date: (.*)\r$/m.exec(text)?.[1]),
    ];
    for (const one of dates) {
      assert.match(String(one), date);
      assert.ok(Math.abs(Date.parse(one) - Date.now()) < 5000, one);
    }
    socket.close();
  });

  test('to HEAD is that to GET, and opens nothing', async () => {
    const answer = await server.ask('EIO=4&transport=polling', { method: 'HEAD' });
    assert.deepEqual(said(answer), empty(200));
    assert.equal(answer.headers['content-type'], 'text/plain; charset=UTF-8');
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.equal(answer.headers['set-cookie'], undefined);
  });
});

describe('paths', () => {
  test('with and without the last slash are the same', async () => {
    assert.equal((await server.plain('/engine.io?EIO=4&transport=polling')).status, 200);
    assert.equal((await server.plain('/engine.io/?EIO=4&transport=polling')).status, 200);
  });

  for (const odd of ['/engine.io//', '//engine.io/', '//engine.io', '/engine.io///'])
    test(`such as ${odd}, as proxies make them, are the same, too`, async () => {
      const answer = await server.plain(`${odd}?EIO=4&transport=polling`);
      assert.equal(answer.status, 200);
      const { sid } = JSON.parse(answer.text.slice(1));
      assert.equal((await server.plain(`${odd}?EIO=4&transport=polling&sid=${sid}`, { method: 'POST', body: '4a' })).text, 'ok');
    });

  for (const other of ['/', '/engine.iofoo/', '/engine.io/foo', '/socket.io/'])
    test(`such as ${other} are not ours`, async () => {
      assert.equal((await server.plain(`${other}?EIO=4&transport=polling`)).status, 404);
    });
});

describe('a request is refused', () => {
  for (const query of ['', 'EIO=4', 'EIO=4&transport=', 'EIO=4&transport=abc', 'EIO=4&transport=webtransport', 'EIO=4&transport=POLLING', 'transport'])
    test(`with code 0 for the query "${query}"`, async () => {
      const answer = await server.ask(query);
      assert.deepEqual(said(answer), transport_unknown);
      assert.equal(answer.headers['content-type'], 'application/json');
      assert.equal(answer.headers['cache-control'], undefined);
    });

  for (const sid of ['abc', 'AAAAAAAAAAAAAAAAAAAA', 'x'.repeat(2000), '%00', '__proto__'])
    test(`with code 1 for the sid "${sid.slice(0, 30)}", whatever the method`, async () => {
      for (const method of ['GET', 'POST', 'PUT'])
        assert.deepEqual(said(await server.ask(`EIO=4&transport=polling&sid=${sid}`, { method })), unknown_sid);
    });

  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
    test(`with code 2 for a handshake by ${method}`, async () => {
      assert.deepEqual(said(await server.ask('EIO=4&transport=polling', { method })), bad_method);
    });

  test('of HEAD as of GET, without a body', async () => {
    assert.deepEqual(said(await server.ask('EIO=4&transport=none', { method: 'HEAD' })), empty(400));
  });

  test('for a control character in Origin already as HTTP, without a code', async () => {
    const raw = await server.raw();
    raw.send('GET /engine.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\nOrigin: http://a\x01b\r\n\r\n');
    const answer = await raw.response();
    assert.deepEqual(said(answer), empty(400));
    raw.close();
  });

  test('with code 3 when websocket comes as a plain request', async () => {
    assert.deepEqual(said(await server.ask('EIO=4&transport=websocket')), bad_request);
    const session = await server.polling();
    assert.deepEqual(said(await server.ask(`EIO=4&transport=websocket&sid=${session.sid}`)), bad_request);
    assert.equal((await session.post('4a')).text, 'ok');
  });

  test('with code 3 when polling asks for a WebSocket session', async () => {
    const socket = await server.websocket();
    const query = `EIO=4&transport=polling&sid=${socket.handshake.sid}`;
    assert.deepEqual(said(await server.ask(query)), bad_request);
    assert.deepEqual(said(await server.ask(query, { method: 'POST', body: '4a' })), bad_request);
    assert.equal(await socket.send('4still here').next(), '4still here');
    socket.close();
  });

  test('with code 3 when the revision is not that of the session, which goes on', async () => {
    const session = await server.polling();
    for (const eio of ['EIO=3', '', 'EIO=5'])
      assert.deepEqual(said(await server.ask(`${eio}&transport=polling&sid=${session.sid}`)), bad_request);
    assert.equal((await session.post('4a')).text, 'ok');
  });

  for (const eio of ['EIO=3', '', 'EIO=abc', 'EIO=04', 'EIO=4.0', 'EIO=44'])
    test(`with code 5 for "${eio}" where clients of v3 are not welcome`, async () => {
      assert.deepEqual(said(await server.ask(`${eio}&transport=polling`)), unsupported);
    });

  test('for the first of several reasons', async () => {
    assert.deepEqual(said(await server.ask('EIO=3&transport=abc&sid=abc', { method: 'PUT' })), transport_unknown);
    assert.deepEqual(said(await server.ask('EIO=3&transport=polling&sid=abc', { method: 'PUT' })), unknown_sid);
    assert.deepEqual(said(await server.ask('EIO=3&transport=websocket', { method: 'PUT' })), bad_method);
    assert.deepEqual(said(await server.ask('EIO=3&transport=websocket')), bad_request);
  });
});

describe('a WebSocket is refused before its 101', () => {
  const refusals = [
    ['EIO=4', 'Transport unknown'],
    ['EIO=4&transport=abc', 'Transport unknown'],
    ['EIO=4&transport=websocket&sid=abc', 'Session ID unknown'],
    ['EIO=4&transport=polling', 'Bad request'],
    ['EIO=3&transport=websocket', 'Unsupported protocol version'],
    ['transport=websocket', 'Unsupported protocol version'],
  ];

  for (const [query, message] of refusals)
    test(`with "${message}" for ${query}, and the connection ends`, async () => {
      const raw = (await server.raw()).send(upgrade(query));
      assert.equal(
        (await raw.end()).replace(/^Date: .*\r\n/m, ''),
        `HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-type: text/html\r\nContent-Length: ${message.length}\r\n\r\n${message}`,
      );
    });

  test('with "Bad request" for the other revision of its session, which goes on', async () => {
    const session = await server.polling();
    const raw = (await server.raw()).send(upgrade(`EIO=3&transport=websocket&sid=${session.sid}`));
    assert.match(await raw.end(), /^HTTP\/1.1 400 [^]*\r\n\r\nBad request$/);
    assert.equal((await session.post('4a')).text, 'ok');
  });

  test('for a key that is none and a version that nobody knows', async () => {
    const good = upgrade('EIO=4&transport=websocket');
    const no_key = (await server.raw()).send(good.replace(/Sec-WebSocket-Key.*\r\n/, ''));
    assert.match(await no_key.end(), /^HTTP\/1.1 400 /);
    const bad_version = (await server.raw()).send(good.replace('Version: 13', 'Version: 12'));
    assert.match(await bad_version.end(), /^HTTP\/1.1 400 [^]*Sec-WebSocket-Version: 13\r\n/i);
  });

  test('on a path that is not ours', async () => {
    const raw = (await server.raw()).send(upgrade('EIO=4&transport=websocket').replace('/engine.io/', '/other/'));
    assert.match((await raw.response()).head, /^HTTP\/1.1 404 /);
    raw.close();
  });
});

describe('a request for a session', () => {
  for (const method of ['PUT', 'DELETE', 'PATCH'])
    test(`is answered 405 without a body when it is ${method}, and the session goes on`, async () => {
      const session = await server.polling();
      const answer = await server.ask(session.query, { method });
      assert.deepEqual(said(answer), empty(405));
      assert.equal(answer.headers.allow, 'GET, HEAD, POST, OPTIONS');
      assert.equal((await session.post('4a')).text, 'ok');
    });

  test('takes nothing when it is HEAD', async () => {
    const session = await server.polling();
    await session.post('4a');
    const answer = await server.ask(session.query, { method: 'HEAD' });
    assert.deepEqual(said(answer), empty(200));
    assert.equal(answer.headers['content-type'], 'text/plain; charset=UTF-8');
    assert.equal((await session.get()).text, '4a');
  });
});

describe('a server that has only one transport', () => {
  test('without WebSocket offers no upgrade and does not know the transport', async () => {
    const only = await start_echo('--transports', 'polling');
    const session = await only.polling();
    assert.deepEqual(session.handshake.upgrades, []);
    const refused = await only.socket('EIO=4&transport=websocket').refused;
    assert.deepEqual(said(refused), { status: 400, text: 'Transport unknown' });
    await only.stop();
  });

  test('without polling does not know that transport', async () => {
    const only = await start_echo('--transports', 'websocket');
    assert.deepEqual(said(await only.ask('EIO=4&transport=polling')), transport_unknown);
    (await only.websocket()).close();
    await only.stop();
  });

  test('without upgrades offers none', async () => {
    const only = await start_echo('--upgrades', 'off');
    assert.deepEqual((await only.polling()).handshake.upgrades, []);
    await only.stop();
  });
});

describe('a server with workers of its own for each session', () => {
  test('finds the session from whatever connection', async () => {
    const several = await start_echo('--workers', '4');
    const sessions = await Promise.all(Array.from({ length: 12 }, () => several.polling()));
    for (const session of sessions) {
      assert.equal((await session.post('4a')).text, 'ok');
      assert.equal((await session.get()).text, '4a');
      const socket = await session.upgrade();
      assert.equal(await socket.send('4b').next(), '4b');
      socket.close();
    }
    await several.stop();
  });
});

describe('whoever the server does not want', () => {
  test('is told 403 and the code, and on a WebSocket before its 101', async () => {
    const closed = await start_echo('--forbid', 'not today');
    const answer = await closed.ask('EIO=4&transport=polling');
    assert.deepEqual(said(answer), { status: 403, text: '{"code":4,"message":"not today"}' });
    assert.equal(answer.headers['content-type'], 'application/json');
    assert.equal(answer.headers['access-control-allow-origin'], '*');
    const refused = await closed.socket('EIO=4&transport=websocket').refused;
    assert.deepEqual(said(refused), { status: 400, text: 'not today' });
    await closed.stop();
  });
});
