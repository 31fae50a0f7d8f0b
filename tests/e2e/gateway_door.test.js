// SPDX-License-Identifier: MIT
// The door of the gateway with its default settings: cookies beside explicit tokens, pages of other origins, old clients,
// long tokens, and ids that open nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  SECRET, an_hour_ago, call_api, clients, connect, in_an_hour, mint, newest, next, open, refusal, start_gateway, transports, upgrade as ask_upgrade,
} from './support.js';

const [polling, websocket] = transports;
const token_of = (sub, more = {}) => mint({ sub, exp: in_an_hour(), ...more });
const expired = mint({ sub: 'alice', exp: an_hour_ago() });

async function start(t, ...args) {
  const server = await start_gateway({ secret: SECRET, args });
  t.after(() => server.stop());
  return server;
}

/** A handshake by polling: { status, code }, the code that of a refusal. */
async function poll(server, { eio = 4, query = '', headers = {} } = {}) {
  const response = await fetch(`${server.url}/socket.io/?EIO=${eio}&transport=polling${query}`, { headers });
  const body = await response.text();
  return { status: response.status, code: response.status === 200 ? undefined : body && JSON.parse(body).code, body };
}

/** The same by WebSocket. */
async function upgrade(server, { eio = 4, ...asked } = {}) {
  const { status, body } = await ask_upgrade(server, asked, eio);
  return { status, code: body && JSON.parse(body).code };
}

const by_each = async (server, request, status, code) => {
  assert.deepEqual(await poll(server, request).then(({ status, code }) => ({ status, code })), { status, code });
  assert.deepEqual(await upgrade(server, request).then(({ status, code }) => ({ status, code })), { status: status === 200 ? 101 : status, code });
};

test('what the program says wins over what the browser sends by itself', async (t) => {
  const server = await start(t);
  for (const cookie of ['csrf-9f8e7d', expired, token_of('somebody')])
    for (const transport of [polling, websocket]) {
      const socket = await connect(newest, transport, server.url, { auth: { token: token_of('alice') }, extraHeaders: { Cookie: `token=${cookie}` } });
      const { connections } = await call_api(server.api, 'GET', '/v1/users/alice');
      assert.equal(connections.length, 1);
      const gone = next(socket, 'disconnect');
      socket.disconnect();
      await gone;
    }
  await by_each(server, { headers: { cookie: 'token=csrf', authorization: `Bearer ${token_of('alice')}` } }, 200);
  await by_each(server, { query: `&token=${expired}`, headers: { cookie: `token=${token_of('alice')}` } }, 401, 'token_expired');
});

test('a cookie is enough where nothing else is said, and is named where it is bad', async (t) => {
  const server = await start(t);
  const good = await connect(newest, polling, server.url, { extraHeaders: { Cookie: `token=${token_of('alice')}` } });
  good.close();
  const bad = open(newest, polling, server.url, { extraHeaders: { Cookie: `token=${expired}` }, reconnection: false });
  assert.equal((await refusal(bad)).data.code, 'token_expired');
  bad.close();
});

test('a cookie opens nothing for a page of another origin', async (t) => {
  const server = await start(t, '--engine-jsonp', '--engine-cors-origins', 'https://app.example.com,https://*.pages.example');
  const host = new URL(server.url).host;
  const cookie = `token=${token_of('alice')}`;
  for (const origin of ['https://evil.example', 'null', 'https://pages.example', `http://${host}.evil.example`, 'http://127.0.0.1'])
    for (const eio of [3, 4]) {
      await by_each(server, { eio, headers: { cookie, origin } }, 403, 'foreign_origin');
      assert.equal((await poll(server, { eio, query: '&j=0', headers: { cookie, origin } })).status, 403);
    }
  for (const origin of [`http://${host}`, `https://${host}`, 'https://app.example.com', 'https://a.pages.example']) {
    await by_each(server, { headers: { cookie, origin } }, 200);
    assert.equal((await poll(server, { query: '&j=0', headers: { cookie, origin } })).status, 200);
  }
  await by_each(server, { headers: { cookie } }, 200);
  await by_each(server, { query: `&token=${token_of('alice')}`, headers: { cookie, origin: 'https://evil.example' } }, 200);
  assert.equal((await poll(server, { query: '&j=0', headers: { cookie } })).status, 403, 'a script says whose it is');
  assert.equal((await poll(server, { query: '&j=0', headers: { cookie, referer: `http://${host}/page` } })).status, 200);
});

test('JSONP is off', async (t) => {
  const server = await start(t);
  const { status, body } = await poll(server, { eio: 3, query: `&j=0&token=${token_of('alice')}` });
  assert.deepEqual({ status, body }, { status: 400, body: '{"code":3,"message":"Bad request"}' });
});

test('old clients need a token in the request', async (t) => {
  const server = await start(t);
  await by_each(server, { eio: 3 }, 401, 'missing_token');
  await by_each(server, { eio: 3, headers: { cookie: `token=${expired}` } }, 401, 'token_expired');
  await by_each(server, { eio: 4 }, 200);
  for (const client of clients.slice(0, 2)) (await connect(client, polling, server.url, { query: { token: token_of('alice') } })).close();
});

test('a long token is told as such, wherever it is', async (t) => {
  const long = token_of('alice', { groups: Array.from({ length: 700 }, (_, i) => `group${1000 + i}`) });
  assert.ok(long.length > 9000 && long.length < 15000, `${long.length}`);
  const refused = await start(t);
  await by_each(refused, { query: `&token=${long}` }, 401, 'token_too_long');
  await by_each(refused, { headers: { authorization: `Bearer ${long}` } }, 401, 'token_too_long');
  for (const transport of [polling, websocket]) {
    const socket = open(newest, transport, refused.url, { auth: { token: long }, reconnection: false });
    assert.equal((await refusal(socket)).data.code, 'token_too_long');
    socket.close();
  }
  const allowed = await start(t, '--limits-token', '15000B');
  await by_each(allowed, { query: `&token=${long}` }, 200);
  await by_each(allowed, { headers: { authorization: `Bearer ${long}` } }, 200);
  for (const transport of [polling, websocket]) (await connect(newest, transport, allowed.url, { auth: { token: long } })).close();
});

test('nothing that the gateway shows opens the session of an old client', async (t) => {
  const server = await start(t, '--log-level', 'debug');
  const [, client2] = clients;
  const socket = await connect(client2, websocket, server.url, { query: { token: token_of('alice') } });
  const sid = socket.id;
  const { connections } = await call_api(server.api, 'GET', '/v1/users/alice');
  assert.match(connections[0].id, /^old:/);
  for (const id of [sid, connections[0].id]) {
    const heard = next(socket, 'hello');
    await call_api(server.api, 'POST', '/v1/emit', { sockets: [id], event: 'hello', args: [] });
    await heard;
  }
  const gone = next(socket, 'disconnect');
  await call_api(server.api, 'POST', '/v1/disconnect', { sockets: [connections[0].id] });
  await gone;
  await server.stop();
  assert.match(server.server.output, /disconnected by the backend/);
  assert.equal(server.server.output.includes(sid), false);
});
