// SPDX-License-Identifier: MIT
// The door of the reference server, seen without a client library: what a refused token is answered with, byte for
// byte where it matters, and what the server's flags for tokens do.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ask, bad_tokens, clients, connect, good_token, in_an_hour, mint, newest, open, refusal, start_reference, transports, upgrade, within,
} from './support.js';

const [polling, websocket] = transports;

const places = {
  query: (token) => ({ query: `&token=${encodeURIComponent(token)}`, headers: {} }),
  cookie: (token) => ({ query: '', headers: { cookie: `other=1; token=${token}; last=2` } }),
  header: (token) => ({ query: '', headers: { authorization: `Bearer ${token}` } }),
};

const handshake = (server, { query, headers }, eio = 4) =>
  fetch(`${server.url}/socket.io/?EIO=${eio}&transport=polling${query}`, { headers });

test('tokens in HTTP', async (t) => {
  const server = await start_reference();
  t.after(() => server.stop());

  for (const [place, put] of Object.entries(places)) {
    await t.test(`${place}: a good one opens a session`, async () => {
      const response = await handshake(server, put(good_token()));
      assert.equal(response.status, 200);
      assert.match(await response.text(), /^0\{"sid":"/);
      assert.equal((await upgrade(server, put(good_token()))).status, 101);
    });
    for (const [code, token] of Object.entries(bad_tokens())) {
      await t.test(`${place}: ${code} is 401 by polling and before the 101 of a WebSocket`, async () => {
        for (const eio of [3, 4]) {
          const polled = await handshake(server, put(token), eio);
          assert.equal(polled.status, 401);
          assert.match(polled.headers.get('content-type'), /^application\/json\b/);
          const said = await polled.json();
          assert.equal(said.code, code);
          assert.equal(typeof said.message, 'string');

          const upgraded = await upgrade(server, put(token), eio);
          assert.equal(upgraded.status, 401);
          assert.match(upgraded.headers['content-type'], /^application\/json\b/);
          assert.deepEqual(JSON.parse(upgraded.body), said);
        }
      });
    }
  }

  await t.test('none is no reason to refuse the session: it may come with the namespace', async () => {
    assert.equal((await handshake(server, { query: '', headers: {} })).status, 200);
    assert.equal((await upgrade(server, { query: '', headers: {} })).status, 101);
  });

  await t.test('the answer does not repeat the token', async () => {
    const { bad_signature } = bad_tokens();
    const response = await handshake(server, places.query(bad_signature));
    assert.equal([...response.headers.values(), await response.text()].join().includes(bad_signature.split('.')[2]), false);
  });

  await t.test('a client refused in one connection gets in with the next', async () => {
    const refused = open(newest, polling, server.url, { auth: { token: bad_tokens().token_expired }, reconnection: false });
    assert.equal((await refusal(refused)).data.code, 'token_expired');
    refused.auth.token = good_token();
    const connected = within(new Promise((resolve) => refused.once('connect', resolve)), 'connect');
    refused.connect();
    await connected;
    assert.deepEqual(await ask(refused, 'echo-ack', 1), [1]);
    refused.close();
  });
});

test('flags for tokens', async (t) => {
  await t.test('--param and --claim name where the token and the user are', async (t) => {
    const server = await start_reference({ param: 'jwt', claim: 'sub' });
    t.after(() => server.stop());
    const token = mint({ sub: 42, exp: in_an_hour() });
    for (const options of [{ query: { jwt: token } }, { auth: { jwt: token } }, { extraHeaders: { Cookie: `jwt=${token}` } }])
      (await connect(newest, websocket, server.url, options)).close();
    const named_otherwise = open(newest, websocket, server.url, { query: { token }, reconnection: false });
    assert.equal((await refusal(named_otherwise)).data.code, 'missing_token');
    named_otherwise.close();
  });

  await t.test('--auth off lets everybody in', async (t) => {
    const server = await start_reference({ auth: 'off' });
    t.after(() => server.stop());
    for (const client of clients) (await connect(client, polling, server.url, { query: { token: 'garbage' } })).close();
  });

  await t.test('--eio3 off refuses the old protocol and keeps the new one', async (t) => {
    const server = await start_reference({ eio3: 'off' });
    t.after(() => server.stop());
    const old = await handshake(server, places.query(good_token()), 3);
    assert.equal(old.status, 400);
    assert.deepEqual(await old.json(), { code: 5, message: 'Unsupported protocol version' });
    assert.equal((await handshake(server, places.query(good_token()))).status, 200);
  });
});
