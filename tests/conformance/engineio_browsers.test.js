// SPDX-License-Identifier: MIT
// What Engine.IO does for browsers: JSONP, answers across origins, and the cookie for balancers.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RS, said, start_echo, unknown_sid } from './support.js';

/** Runs a test with a server of its own. */
const with_server = (args, body) => async () => {
  const server = await start_echo(...args);
  try {
    await body(server);
  } finally {
    await server.stop();
  }
};

/** What the script hands to the callback of this number. */
function called(script, number) {
  const match = script.match(/^___eio\[(\d*)\]\(("(?:[^"\\]|\\.)*")\);$/);
  assert.ok(match, script);
  assert.equal(match[1], number);
  return JSON.parse(match[2]);
}

const bad_request = { status: 400, text: '{"code":3,"message":"Bad request"}' };
const form = (payload) => 'd=' + encodeURIComponent(payload).replaceAll('%20', '+');
const as_form = { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } };

describe('JSONP', () => {
  test('wraps the open packet in a call', with_server([], async (server) => {
    const answer = await server.ask('EIO=4&transport=polling&j=7');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-type'], 'text/javascript; charset=UTF-8');
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.equal(answer.headers['content-length'], String(answer.bytes.length));
    assert.match(called(answer.text, '7'), /^0\{"sid":"[\w-]{20}","upgrades":\["websocket"\],/);
  }));

  test('keeps the number of the handshake, and only its digits', with_server([], async (server) => {
    const answer = await server.ask('EIO=4&transport=polling&j=1);alert(2');
    const { sid } = JSON.parse(called(answer.text, '12').slice(1));
    await server.ask(`EIO=4&transport=polling&j=9&sid=${sid}`, { method: 'POST', body: form('4a'), ...as_form });
    assert.equal(called((await server.ask(`EIO=4&transport=polling&j=3&sid=${sid}`)).text, '12'), '4a');
  }));

  test('needs no number', with_server([], async (server) => {
    assert.match(called((await server.ask('EIO=4&transport=polling&j=')).text, ''), /^0\{/);
  }));

  const payloads = {
    text: '4hello',
    'several packets': `4a${RS}4b`,
    'quotes and backslashes': '4"a"\\b\'',
    'line separators': '4a\u2028b\u2029c',
    'characters that forms treat': '4a+b c&d=e%20',
    'text beyond ASCII': '4€😀',
    binary: 'bAQIDBA==',
  };
  for (const [what, payload] of Object.entries(payloads))
    test(`carries ${what}`, with_server([], async (server) => {
      const sid = JSON.parse(called((await server.ask('EIO=4&transport=polling&j=0')).text, '0').slice(1)).sid;
      const query = `EIO=4&transport=polling&j=0&sid=${sid}`;
      const posted = await server.ask(query, { method: 'POST', body: form(payload), ...as_form });
      assert.deepEqual(said(posted), { status: 200, text: 'ok' });
      assert.equal(posted.headers['content-type'], 'text/html');
      const polled = await server.ask(query);
      assert.equal(called(polled.text, '0'), payload);
      assert.ok(!/[\u2028\u2029]/.test(polled.text), 'a line separator is not escaped');
    }));

  test('undoes the escaping of line feeds', with_server([], async (server) => {
    const sid = JSON.parse(called((await server.ask('EIO=4&transport=polling&j=0')).text, '0').slice(1)).sid;
    const query = `EIO=4&transport=polling&j=0&sid=${sid}`;
    await server.ask(query, { method: 'POST', body: form('4a\\nb\\\\nc'), ...as_form });
    assert.equal(called((await server.ask(query)).text, '0'), '4a\nb\\nc');
  }));

  test('refuses a form without its field, and the session goes on', with_server([], async (server) => {
    const sid = JSON.parse(called((await server.ask('EIO=4&transport=polling&j=0')).text, '0').slice(1)).sid;
    const query = `EIO=4&transport=polling&j=0&sid=${sid}`;
    for (const body of ['x=4a', ''])
      assert.deepEqual(said(await server.ask(query, { method: 'POST', body, ...as_form })), bad_request);
    await server.ask(query, { method: 'POST', body: form('4a'), ...as_form });
    assert.equal(called((await server.ask(query)).text, '0'), '4a');
  }));

  test('ends with a close in a call', with_server([], async (server) => {
    const sid = JSON.parse(called((await server.ask('EIO=4&transport=polling&j=5')).text, '5').slice(1)).sid;
    const query = `EIO=4&transport=polling&j=5&sid=${sid}`;
    const held = server.ask(query);
    await held.sent;
    await server.ask('');
    await server.ask('');
    await server.ask(query, { method: 'POST', body: form('1'), ...as_form });
    assert.equal(called((await held).text, '5'), '6');
    assert.deepEqual(said(await server.ask(query)), unknown_sid);
  }));
});

describe('Internet Explorer', () => {
  for (const agent of ['Mozilla/4.0 (compatible;MSIE 8.0; Windows NT 6.1)', 'Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko'])
    test(`as "${agent}" is kept from filtering answers`, with_server([], async (server) => {
      const headers = { 'User-Agent': agent };
      const session = await server.polling('', { headers });
      assert.equal(session.answer.headers['x-xss-protection'], '0');
      assert.equal((await session.post('4a', { headers })).headers['x-xss-protection'], '0');
      assert.equal((await session.get({ headers })).headers['x-xss-protection'], '0');
    }));

  test('is not what others are taken for', with_server([], async (server) => {
    const { answer } = await server.polling('', { headers: { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0' } });
    assert.equal(answer.headers['x-xss-protection'], undefined);
  }));
});

describe('across origins, a server', () => {
  const origin = { headers: { Origin: 'https://app.example' } };
  const cors = ({ headers }) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control-') || name === 'vary'));

  test('without CORS says nothing but its methods to OPTIONS', with_server(['--cors', 'off'], async (server) => {
    const session = await server.polling('', origin);
    assert.deepEqual(cors(session.answer), {});
    for (const query of ['EIO=4&transport=polling', session.query, '']) {
      const answer = await server.ask(query, { method: 'OPTIONS', ...origin });
      assert.deepEqual(said(answer), { status: 204, text: '' });
      assert.equal(answer.headers.allow, 'GET, HEAD, POST, OPTIONS');
      assert.deepEqual(cors(answer), {});
    }
  }));

  test('for everybody says so on every answer', with_server(['--cors', '*'], async (server) => {
    const session = await server.polling('', origin);
    const everybody = { 'access-control-allow-origin': '*' };
    assert.deepEqual(cors(session.answer), everybody);
    assert.deepEqual(cors(await session.post('4a')), everybody);
    assert.deepEqual(cors(await session.get()), everybody);
    assert.deepEqual(cors(await server.ask('EIO=4')), everybody);
    assert.deepEqual(cors(await server.ask('EIO=4&transport=polling&sid=no')), everybody);
    assert.deepEqual(cors(await server.ask(session.query, { method: 'PUT' })), everybody);
    assert.deepEqual(cors(await session.post('x'.repeat(1000001))), everybody);
    const held = await session.hold();
    assert.deepEqual(cors(await session.get()), everybody);
    assert.deepEqual(cors(await held.answer), everybody);
    const socket = await server.websocket();
    assert.deepEqual(cors(socket.answer), everybody);
    socket.close();
  }));

  test('that reflects names the origin that asked', with_server(['--cors', 'reflect', '--cors-credentials'], async (server) => {
    assert.deepEqual(cors(await server.ask('EIO=4&transport=polling', origin)), {
      'access-control-allow-origin': 'https://app.example',
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    });
    const without = cors(await server.ask('EIO=4&transport=polling'));
    assert.equal(without['access-control-allow-origin'], undefined);
    assert.equal(without.vary, 'Origin');
  }));

  test('with a list names who is on it, and serves the others too', with_server(['--cors', 'https://a.example,https://app.example'], async (server) => {
    assert.equal(cors(await server.ask('EIO=4&transport=polling', origin))['access-control-allow-origin'], 'https://app.example');
    const other = await server.ask('EIO=4&transport=polling', { headers: { Origin: 'https://evil.example' } });
    assert.equal(other.status, 200);
    assert.deepEqual(cors(other), { vary: 'Origin' });
  }));

  test('answers a preflight before it looks at anything else', with_server(['--cors', '*'], async (server) => {
    for (const query of ['EIO=4&transport=polling', 'EIO=4&transport=abc', 'EIO=4&transport=polling&sid=no', '']) {
      const answer = await server.ask(query, {
        method: 'OPTIONS',
        headers: { ...origin.headers, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'x-one,x-two' },
      });
      assert.deepEqual(said(answer), { status: 204, text: '' });
      assert.equal(answer.headers['content-length'], '0');
      assert.equal(answer.headers['access-control-allow-origin'], '*');
      assert.equal(answer.headers['access-control-allow-methods'], 'GET,HEAD,PUT,PATCH,POST,DELETE');
      assert.equal(answer.headers['access-control-allow-headers'], 'x-one,x-two');
      assert.match(answer.headers.vary, /Access-Control-Request-Headers/);
    }
  }));
});

describe('the cookie', () => {
  test('is on the polling handshake and nowhere else', with_server(['--cookie', 'io'], async (server) => {
    const session = await server.polling();
    assert.deepEqual(session.answer.headers['set-cookie'], [`io=${session.sid}; Path=/; HttpOnly; SameSite=Lax`]);
    await session.post('4a');
    assert.equal((await session.get()).headers['set-cookie'], undefined);
    const socket = await server.websocket();
    assert.equal(socket.answer.headers['set-cookie'], undefined);
    socket.close();
  }));

  test('is not read', with_server(['--cookie', 'io'], async (server) => {
    const first = await server.polling();
    const second = await server.polling('', { headers: { Cookie: `io=${first.sid}` } });
    assert.notEqual(second.sid, first.sid);
  }));
});
