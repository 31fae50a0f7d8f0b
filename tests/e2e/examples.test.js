// SPDX-License-Identifier: MIT
// The programs of examples/ do what they show, with the newest client, by WebSocket and by polling.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import net from 'node:net';
import { test } from 'node:test';
import { connect as connect_by, has_example, newest, next, open, plain, refusal, start_example, transports, until, within } from './support.js';

const [polling, websocket] = transports;

/** Starts an example for as long as the test runs. */
async function run(t, name, patterns) {
  const server = await start_example(name, patterns);
  t.after(() => server.stop());
  return server;
}

/** A connected client, closed after the test. */
async function join(t, server, { nsp = '/', by = websocket, ...options } = {}) {
  const socket = await connect_by(newest, by, server.url + nsp, options);
  t.after(() => socket.close());
  return socket;
}

const call = (socket, ...event) => socket.timeout(8000).emitWithAck(...event);

test('chat: what one says, the others read', async (t) => {
  const server = await run(t, 'chat');
  const [alice, bob] = [await join(t, server, { nsp: '/chat' }), await join(t, server, { nsp: '/chat', by: polling })];
  const joined = next(bob, 'joined');
  alice.emit('name', 'Alice');
  assert.deepEqual(await joined, ['Alice']);
  const said = next(bob, 'said');
  assert.equal(await call(alice, 'say', 'hello'), 5);
  assert.deepEqual(await said, [{ user: 'Alice', text: 'hello' }]);
  const left = next(bob, 'left');
  alice.close();
  assert.deepEqual(await left, ['Alice']);
});

test('acks: answers in every direction', async (t) => {
  const server = await run(t, 'acks');
  const one = await join(t, server);
  assert.equal(await call(one, 'add', 2, 3), 5);
  assert.equal(await call(one, 'sum'), 0);
  assert.equal(await call(one, 'sum', 1, 2.5, -3), 0.5);
  assert.deepEqual(await within(new Promise((done) => one.emit('divide', 7, 2, (...both) => done(both))), 'ack'), [3, 1]);

  const slow = call(one, 'slowly', 'first', 100);
  assert.equal(await call(one, 'slowly', 'second', 1), 'second');
  assert.equal(await slow, 'first');

  one.once('confirm', (total, answer) => answer(total < 100));
  assert.equal(await call(one, 'order', 50), 'ordered');
  one.once('confirm', (total, answer) => answer(total < 100));
  assert.equal(await call(one, 'order', 500), 'cancelled');
  one.once('confirm', (total, answer) => answer('perhaps'));
  assert.equal(await call(one, 'order', 50), 'wrong type');
  assert.equal(await call(one, 'order', 50), 'timed out', 'nobody answers');

  const [other, silent] = [await join(t, server), await join(t, server)];
  for (const socket of [one, other, silent]) await call(socket, 'join', 'jury');
  one.on('question', (question, answer) => answer(question === 'tea?'));
  other.on('question', (question, answer) => answer(false));
  const votes = await within(new Promise((done) => one.emit('vote', 'jury', 'tea?', (...all) => done(all))), 'votes');
  assert.deepEqual(votes, [1, 3]);
});

test('middleware: who gets in and what gets through', async (t) => {
  const server = await run(t, 'middleware');
  const refused = async (options) => {
    const socket = open(newest, websocket, server.url, { reconnection: false, ...options });
    t.after(() => socket.close());
    const { connected, data } = await refusal(socket);
    assert.notEqual(connected, true);
    return data?.code;
  };
  assert.equal(await refused({}), 'no_name');
  assert.equal(await refused({ auth: { name: 'mallory' } }), 'banned');
  assert.equal(await refused({ auth: { name: 'alice' }, query: { version: '0' } }), undefined);
  const by_http = await fetch(`${server.url}/socket.io/?EIO=4&transport=polling&version=0`);
  assert.equal(by_http.status, 426);

  const alice = await join(t, server, { auth: { name: 'alice' } });
  assert.equal(await call(alice, 'echo', 'hi'), 'hi');
  await until(() => server.output.includes('alice: echo'), 'the line of on_any');
  const fault_of = async (...event) => {
    const fault = next(alice, 'fault');
    alice.emit(...event);
    return fault;
  };
  assert.deepEqual(await fault_of('admin'), ['admin', 'admins only']);
  assert.deepEqual(await fault_of('fail'), ['fail', 'on purpose']);
  assert.deepEqual(await fault_of('echo', 7), ['echo', 'argument', 0]);
  const unknown = next(alice, 'unknown');
  alice.emit('what?');
  assert.deepEqual(await unknown, ['what?']);

  const root = await join(t, server, { auth: { name: 'root' } });
  assert.equal(await call(root, 'admin'), 'yes, master');
  for (let i = 0; i < 99; ++i) root.emit('echo', 'x');
  const limit = next(root, 'fault');
  root.emit('echo', 'x');
  assert.deepEqual(await limit, ['echo', 'too many events']);
});

test('typed_rpc: structs there and back, errors as answers', async (t) => {
  const server = await run(t, 'typed_rpc');
  const [one, other] = [await join(t, server), await join(t, server)];
  const items = [{ name: 'tea', count: 2, price: 3.5 }];
  assert.deepEqual(await call(one, 'order', items, 'quickly'), { error: null, value: 1 });
  assert.deepEqual(await call(one, 'order', items), { error: null, value: 2 });
  assert.deepEqual(await call(one, 'order', []), { error: 'nothing ordered', value: null });

  const changed = next(other, 'changed');
  const paid = { id: 1, is: 'paid', items, note: 'quickly' };
  assert.deepEqual(await call(one, 'pay', 1, 7), { error: null, value: paid });
  assert.deepEqual(await changed, [paid]);
  assert.deepEqual(await call(one, 'pay', 2, 5000), { error: 'the bank says no', value: null });
  assert.deepEqual(await call(one, 'move', 2, 'shipped'), { error: null, value: { id: 2, is: 'shipped', items, note: null } });
  assert.deepEqual(await call(one, 'move', 2, 'open'), { error: 'there is no way back', value: null });
  assert.deepEqual(await call(one, 'move', 3, 'paid'), { error: 'no such order', value: null });

  const mistyped = next(one, 'mistyped');
  one.emit('move', 1, 'eaten');
  assert.deepEqual(await mistyped, ['move', 1]);
});

test('embedding: timer, lines by TCP and sockets on one loop', async (t) => {
  const server = await run(t, 'embedding', { lines: /lines on 127\.0\.0\.1:(\d+)/ });
  const socket = await join(t, server);
  const [ticks] = await next(socket, 'tick');
  assert.ok(ticks > 0);
  const line = next(socket, 'line');
  const tcp = net.connect(Number(server.addresses.lines), '127.0.0.1');
  t.after(() => tcp.destroy());
  const answer = next(tcp, 'data');
  tcp.write('hello\n');
  assert.deepEqual(await line, ['hello']);
  assert.equal(String((await answer)[0]), '1\n');
  const [more, lines] = await within(new Promise((done) => socket.emit('count', (...all) => done(all))), 'ack');
  assert.ok(more >= ticks);
  assert.equal(lines, 1);
});

test('msgpack: the same handlers, packets as MessagePack', { skip: !has_example('msgpack') }, async (t) => {
  const server = await run(t, 'msgpack');
  const require = createRequire(import.meta.url);
  const with_parser = { parser: require('socket.io-msgpack-parser') };
  const [one, other] = [await join(t, server, with_parser), await join(t, server, { ...with_parser, by: polling })];
  assert.equal(await call(other, 'watch', 'roof'), true);
  const seen = next(other, 'reading');
  const reading = { sensor: 'roof', value: 21.5, raw: Buffer.from([1, 2, 255]) };
  assert.equal(await call(one, 'reading', reading), 3);
  assert.deepEqual(plain(await seen), [reading]);
});

test('whiteboard: strokes are kept for those who come later', async (t) => {
  const server = await run(t, 'whiteboard');
  const [one, other] = [await join(t, server), await join(t, server)];
  const stroke = Buffer.from(Uint16Array.of(120, 10, 20, 500, 600).buffer);
  const seen = next(other, 'stroke');
  one.emit('stroke', stroke);
  assert.deepEqual(plain(await seen), [stroke]);
  const late = open(newest, websocket, server.url);
  t.after(() => late.close());
  assert.deepEqual(plain(await next(late, 'stroke')), [stroke]);

  const cursor = next(other, 'cursor');
  one.emit('cursor', 0.25, 0.5);
  assert.deepEqual(await cursor, [one.id, 0.25, 0.5]);
  const gone = next(other, 'gone');
  const id = one.id;
  one.close();
  assert.deepEqual(await gone, [id]);
  const cleared = next(late, 'clear');
  other.emit('clear');
  await cleared;
});
