// SPDX-License-Identifier: MIT
// Clients that stop reading, with the official client: what each policy of the settings leaves them, and where they read
// why they were cut.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { call_api, connect, engine_of, good_token, newest, SECRET, start_gateway, transports, until, within } from './support.js';

const [polling, websocket] = transports;
const RULES = `[{event = "price", room = "ticker:*", policy = "latest", key = "symbol"},
                {event = "typing", policy = "drop_newest", bytes = "256KiB"},
                {event = "line", policy = "drop_oldest", messages = 20},
                {event = "flood", policy = "close", bytes = "256KiB"}]`;
let server;
before(async () => {
  server = await start_gateway({ secret: SECRET, args: ['--limits-slow', RULES, '--limits-outbox-bytes', '1GiB'] });
});
after(() => server?.stop());

const emit = (event, args, to = { all: true }) => call_api(server.api, 'POST', '/v1/emit', { ...to, event, args });
const counters = async () => (await call_api(server.api, 'GET', '/debug/stats')).counters;
const token = (user) => ({ auth: { token: good_token(user, 'sub') }, reconnection: false });
const large = 'x'.repeat(100_000);

/** Emits until a counter has moved: until the client's kernel and ours are full and its queue is what is left. */
async function emit_until(counter, event) {
  const was = (await counters())[counter];
  await until(async () => {
    for (let i = 0; i < 10; ++i) await emit(event, [large]);
    return (await counters())[counter] > was;
  }, `${counter} to move`, 60000);
}

/** Stops reading from a WebSocket; the returned function goes on. */
function stall(client) {
  const wire = engine_of(client).transport.ws._socket;
  wire.pause();
  return () => wire.resume();
}

test('a client that does not read is cut, and reads why afterwards', async () => {
  const client = await connect(newest, websocket, server.url, token('slow'));
  const told = new Promise((resolve) => client.on('disconnect', (reason, details) => resolve({ reason, details })));
  const resume = stall(client);
  await emit_until('cut_bytes', 'flood');
  resume();
  const { reason, details } = await within(told, 'disconnect');
  assert.equal(reason, 'transport close');
  assert.equal(details.context.code, 1008);
  assert.equal(details.context.reason, 'slow reader: too many bytes wait');
});

test('a client that polls reads it in the answer to its next request', async () => {
  const client = await connect(newest, polling, server.url, token('polls'));
  // The request is aborted, and its text with it, once this handler is through.
  const told = new Promise((resolve) => client.on('disconnect', (reason, details) => resolve({ reason, text: details.context.responseText })));
  const engine = engine_of(client);
  engine.transport.doPoll = () => {};  // it has one request pending, and no other follows
  await emit_until('cut_bytes', 'flood');
  delete engine.transport.doPoll;
  engine.transport.doPoll();
  const { reason, text } = await within(told, 'disconnect');
  assert.equal(reason, 'transport error');
  assert.equal(JSON.parse(text).message, 'slow reader: too many bytes wait');
});

test('rules leave out what may be left out, and nothing else', async () => {
  const client = await connect(newest, websocket, server.url, token('carol'));
  await call_api(server.api, 'POST', '/v1/join', { users: ['carol'], join: ['ticker:eur'] });
  const got = { price: [], line: [], chat: [] };
  for (const event of Object.keys(got)) client.on(event, (value) => got[event].push(value));
  const end = new Promise((resolve) => client.on('end', resolve));
  const resume = stall(client);
  await emit_until('dropped_newest', 'typing');
  for (let i = 0; i < 30; ++i) await emit('line', [i]);
  for (let i = 0; i < 10; ++i) {
    await emit('chat', [i]);
    for (const symbol of ['eur', 'usd']) await emit('price', [{ symbol, i }], { rooms: ['ticker:eur'] });
  }
  await emit('end', []);
  resume();
  await within(end, 'the end');
  assert.deepEqual(got.chat, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(got.price, [{ symbol: 'eur', i: 9 }, { symbol: 'usd', i: 9 }]);
  assert.ok(got.line.length <= 20);
  assert.equal(got.line.at(-1), 29);
  client.close();
});

test('the slowest are listed with their users', async () => {
  const client = await connect(newest, websocket, server.url, token('dora'));
  const resume = stall(client);
  await emit_until('frames_sent', 'fill');
  await until(async () => {
    for (let i = 0; i < 20; ++i) await emit('fill', [large]);
    const top = await call_api(server.api, 'GET', '/debug/memory/top?by=queued&limit=3');
    return top.connections[0]?.user === 'dora' && top.connections[0].queued_bytes > 100_000 && top.users[0].user === 'dora';
  }, 'dora to be the heaviest', 60000);
  resume();
  client.close();
});
