// SPDX-License-Identifier: MIT
// Compression with the official clients, which offer it by themselves: of WebSocket messages and of answers to polls.

import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { ask, clients, connect, engine_of, good_token, next, plain, start_reference, transports, within } from './support.js';

const with_token = () => ({ query: { token: good_token() } });
const long = 'what is said again and again '.repeat(1000);
const bytes = Buffer.from(Array.from({ length: 70000 }, (_, i) => (i * 7) & 255));
const things = ['short', long, { nested: [long, { file: bytes }] }, Buffer.alloc(5000), '😀€'.repeat(2000)];

let server;
before(async () => (server = await start_reference({ deflate: 'on', 'http-compression': 'on', workers: 2 })));
after(() => server.stop());

for (const client of clients)
  for (const transport of transports)
    test(`client ${client.name} by ${transport.name}`, async () => {
      const socket = await connect(client, transport, server.url, with_token());
      try {
        for (const thing of things) assert.deepEqual(plain(await ask(socket, 'echo-ack', thing)), [plain(thing)]);
        if (transport.ends_as === 'websocket' && client.major > 1)
          assert.match(engine_of(socket).transport.ws.extensions?.toString() ?? '', /permessage-deflate|object/);
      } finally {
        socket.close();
      }
    });

test('a broadcast reaches those who compress and those who do not', async () => {
  const [websocket, polling] = [transports[1], transports[0]];
  const newest = clients.at(-1);
  const all = await Promise.all([
    connect(newest, websocket, server.url, with_token()),
    connect(newest, websocket, server.url, with_token()),
    connect(newest, websocket, server.url, { ...with_token(), perMessageDeflate: false }),
    connect(newest, polling, server.url, with_token()),
    connect(clients[1], websocket, server.url, with_token()),
  ]);
  try {
    const heard = all.map((socket) => next(socket, 'shout'));
    all[0].emit('shout', ...things);
    for (const one of await Promise.all(heard)) assert.deepEqual(plain(one), plain(things));
  } finally {
    all.forEach((socket) => socket.close());
  }
});

test('what is sent is smaller', async () => {
  const received = async (options) => {
    const socket = await connect(clients.at(-1), transports[1], server.url, { ...with_token(), ...options });
    try {
      await ask(socket, 'echo-ack', long);
      return engine_of(socket).transport.ws._socket.bytesRead;
    } finally {
      socket.close();
    }
  };
  const [small, large] = [await received({}), await received({ perMessageDeflate: false })];
  assert.ok(large > long.length && small < long.length / 10, `${small} and ${large} bytes`);
});

test('answers to polls are compressed for those who accept it', async () => {
  const call = (method, query, { body, ...headers } = {}) =>
    within(
      new Promise((resolve, reject) => {
        const url = `${server.url}/socket.io/?EIO=4&transport=polling${query}`;
        const asked = request(url, { method, headers, agent: false }, (answer) => {
          const parts = [];
          answer.on('data', (part) => parts.push(part)).on('end', () => resolve({ headers: answer.headers, bytes: Buffer.concat(parts) }));
        });
        asked.on('error', reject).end(body);
      }),
      'answer',
    );
  const opened = await call('GET', `&token=${good_token()}`, { 'Accept-Encoding': 'gzip' });
  assert.equal(opened.headers['content-encoding'], undefined, 'short');
  const sid = `&sid=${JSON.parse(opened.bytes.toString().slice(1)).sid}`;
  await call('POST', sid, { body: '40' });
  await call('GET', sid);
  for (const [accepted, wanted] of [['gzip, deflate, br', 'gzip'], ['deflate', 'deflate'], ['br', undefined], ['gzip;q=0', undefined]]) {
    await call('POST', sid, { body: `42["echo","${long}"]` });
    const { headers, bytes } = await call('GET', sid, { 'Accept-Encoding': accepted });
    assert.equal(headers['content-encoding'], wanted, accepted);
    assert.equal(bytes.length < 2000, wanted !== undefined);
    assert.match(headers['cache-control'], /no-store/);
  }
  await call('POST', sid, { body: '1' });
});
