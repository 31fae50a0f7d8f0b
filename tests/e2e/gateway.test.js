// SPDX-License-Identifier: MIT
// The gateway as a backend and its users see it: tokens at the door, the HTTP API behind it, the newest client between.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  call_api, connect, good_token, in_an_hour, an_hour_ago, mint, newest, next, open, plain, refusal, SECRET, start_gateway, transports, until,
} from './support.js';

const [polling, websocket, upgrade] = transports;
const token_of = (user) => good_token(user, 'sub');

let gateway;
before(async () => {
  gateway = await start_gateway({ secret: SECRET });
});
after(() => gateway?.stop());

const get = (route) => call_api(gateway.api, 'GET', route);
const post = (route, body) => call_api(gateway.api, 'POST', route, body);
const name_of = (user) => user.user ?? user.id ?? user;

/** Clients of these users, closed when the test ends. */
async function sign_in(t, users, transport = websocket) {
  const sockets = await Promise.all(users.map((user) => connect(newest, transport, gateway.url, { auth: { token: token_of(user) } })));
  t.after(() => sockets.forEach((socket) => socket.close()));
  return sockets;
}

/** Collects the first argument of each `event`. */
function collect(socket, event) {
  const got = [];
  socket.on(event, (first) => got.push(first));
  return got;
}

test('it says that it lives and is ready, behind and not in front', async () => {
  for (const route of ['/healthz', '/readyz']) assert.equal((await fetch(gateway.api + route)).status, 200);
  assert.equal((await fetch(`${gateway.url}/v1/users`)).status, 404, 'the API is not on the public address');
});

test('a token is taken from wherever it may come', async (t) => {
  const token = token_of('alice');
  const places = {
    query: { query: { token } },
    cookie: { extraHeaders: { Cookie: `token=${token}` } },
    header: { extraHeaders: { Authorization: `Bearer ${token}` } },
    auth: { auth: { token } },
  };
  for (const [place, options] of Object.entries(places))
    for (const transport of transports)
      await t.test(`${place} by ${transport.name}`, async () => {
        const socket = await connect(newest, transport, gateway.url, options);
        const pushed = next(socket, 'hello');
        await post('/v1/emit', { users: ['alice'], event: 'hello', args: [place] });
        assert.deepEqual(await pushed, [place]);
        socket.close();
      });

  await t.test('an expired one is refused, in HTTP and in auth', async () => {
    const expired = mint({ sub: 'alice', exp: an_hour_ago() });
    const reply = await fetch(`${gateway.url}/socket.io/?EIO=4&transport=polling&token=${expired}`);
    assert.equal(reply.status, 401);
    assert.equal((await reply.json()).code, 'token_expired');
    const socket = open(newest, websocket, gateway.url, { auth: { token: expired }, reconnection: false });
    assert.equal((await refusal(socket)).data.code, 'token_expired');
    socket.close();
  });
});

test('the upgrade waits for nothing but its round trips', async () => {
  const times = [];
  for (let i = 0; i < 10; ++i) {
    const began = performance.now();
    const socket = open(newest, upgrade, gateway.url, { auth: { token: token_of('alice') } });
    await new Promise((resolve) => socket.io.engine.once('upgrade', resolve));
    times.push(performance.now() - began);
    socket.close();
  }
  // A noop that is late by 100 ms makes every one of them so.
  assert.ok(Math.min(...times) < 80, times.map(Math.round).join(' '));
});

test('a push reaches the user it is for, by every transport, with any arguments', async (t) => {
  const args = [{ deep: ['€😀', null, 1.5] }, 'text', false];
  for (const transport of [polling, websocket, upgrade]) {
    const [alice, other, bob] = await sign_in(t, ['alice', 'alice', 'bob'], transport);
    const overheard = collect(bob, 'order');
    const heard = [next(alice, 'order'), next(other, 'order')];
    assert.deepEqual(await post('/v1/emit', { users: ['alice'], event: 'order', args }), { ok: true, sockets: heard.length });
    for (const seen of heard) assert.deepEqual(plain(await seen), args);
    const later = next(bob, 'later');
    await post('/v1/emit', { users: ['bob'], event: 'later', args: [] });
    assert.deepEqual(await later, []);
    assert.deepEqual(overheard, []);
    [alice, other, bob].forEach((socket) => socket.close());
  }
});

test('a push reaches rooms and everybody, once each, and not those excepted', async (t) => {
  const [alice, bob, carol] = await sign_in(t, ['alice', 'bob', 'carol']);
  const got = [alice, bob, carol].map((socket) => collect(socket, 'n'));
  const emit = (n, target) => post('/v1/emit', { ...target, event: 'n', args: [n] });
  await emit(1, { rooms: ['house'] });
  await emit(2, { all: true });
  await emit(3, { rooms: ['house'], users: ['alice'], sockets: [alice.id] });
  await emit(4, { rooms: ['house'], except: { users: ['bob'], sockets: [carol.id] } });
  await emit(5, { all: true, except: { users: ['alice'] } });
  await emit(6, { sockets: [bob.id] });
  await post('/v1/join', { users: ['alice', 'carol'], join: ['staff'] });
  await emit(7, { rooms: ['staff'] });
  await post('/v1/leave', { users: ['alice'], join: ['staff'] });
  await emit(8, { rooms: ['staff'] });
  await emit(9, { all: true });
  await until(() => got.every((seen) => seen.at(-1) === 9), 'the last push at everybody');
  assert.deepEqual(got, [[1, 2, 3, 4, 7, 9], [1, 2, 3, 5, 6, 9], [1, 2, 3, 5, 7, 8, 9]]);
});

test('a push can ask for answers', async (t) => {
  const [alice, bob, mute] = await sign_in(t, ['alice', 'bob', 'mute']);
  alice.on('vote', (what, answer) => answer(`${what}: tea`, 1));
  bob.on('vote', (what, answer) => answer());
  const { answers, missing } = await post('/v1/emit-with-ack', { users: ['alice', 'bob', 'mute'], event: 'vote', args: ['drink'], timeout_ms: 700 });
  const by_socket = new Map(answers.map(({ socket, args }) => [socket, args]));
  assert.equal(answers.length, 2);
  assert.equal([by_socket.get(alice.id)].flat().includes('drink: tea'), true);
  assert.equal(by_socket.has(bob.id), true);
  assert.deepEqual(missing, [mute.id]);

  const quick = await post('/v1/emit-with-ack', { users: ['alice'], event: 'vote', args: ['food'], timeout_ms: 5000 });
  assert.equal(quick.answers.length, 1);
  assert.deepEqual(quick.missing, []);
});

test('the backend can send a user away, who does not come back by himself', async (t) => {
  const [alice, bob] = await sign_in(t, ['alice', 'bob']);
  const gone = next(alice, 'disconnect');
  await post('/v1/disconnect', { users: ['alice'], reason: 'a test' });
  assert.equal((await gone)[0], 'io server disconnect');
  assert.equal(alice.active, false);
  assert.equal(bob.connected, true);
});

test('it knows who is there', async (t) => {
  const [, alice] = await sign_in(t, ['alice', 'alice', 'bob', 'user with / and €']);
  const names = async () => (await get('/v1/users?limit=100')).users.map(name_of);
  assert.deepEqual((await names()).sort(), ['alice', 'bob', 'user with / and €']);
  assert.match(JSON.stringify(await get('/v1/users/alice')), new RegExp(alice.id));
  await get(`/v1/users/${encodeURIComponent('user with / and €')}`);
  assert.match(JSON.stringify(await get('/v1/rooms')), /house/);
  alice.close();
  await until(async () => !JSON.stringify(await get('/v1/users/alice')).includes(alice.id), 'the closed socket forgotten');
  assert.equal((await names()).includes('alice'), true, 'one of two connections is still there');
});

test('what the API cannot do is refused with a reason, and harms nobody', async (t) => {
  const [alice] = await sign_in(t, ['alice']);
  const wrong = [{ event: 'e', args: [] }, { users: ['alice'], args: [] }, { users: 'alice', event: 'e' }, { users: ['alice'], event: 'connect' }, []];
  for (const body of wrong)
    await assert.rejects(post('/v1/emit', body), (error) => error.status === 400 && /"code"/.test(error.text) && /"message"/.test(error.text));
  const garbage = await fetch(`${gateway.api}/v1/emit`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"users":' });
  assert.equal(garbage.status, 400);
  assert.equal((await fetch(`${gateway.api}/v1/nothing`)).status, 404);
  assert.equal(alice.connected, true);
});

test('the demonstration routes need a good user token', async (t) => {
  await sign_in(t, ['alice']);
  const look = (token) => fetch(`${gateway.url}/demo/users`, { headers: token ? { Authorization: `Bearer ${token}` } : {} });
  assert.equal((await look()).status, 401);
  assert.equal((await look(mint({ sub: 'alice', exp: in_an_hour() }, { key: 'another key, and long enough for the hash' }))).status, 401);
  const seen = await look(token_of('alice'));
  assert.equal(seen.status, 200);
  assert.deepEqual((await seen.json()).users.map(name_of), ['alice']);
});
