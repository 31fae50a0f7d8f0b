// SPDX-License-Identifier: MIT
// The newest client with socket.io-msgpack-parser, by every transport: what it sends, gets, and is refused with.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as parser from 'socket.io-msgpack-parser';
import {
  against_node, ask, bad_tokens, connect, engine_of, good_token, newest, next, open, plain, refusal, start_reference, transport_of,
  transports, until,
} from './support.js';

const by_parser = (options = {}) => ({ parser: parser.default, ...options });
const with_token = () => by_parser({ auth: { token: good_token() } });
const bytes = Buffer.from([0, 1, 2, 127, 128, 253, 254, 255]);
const large = Buffer.from(Array.from({ length: 70000 }, (_, i) => (i * 7) & 255));
const things = [
  null, true, 0, 1, -1, 127, 128, 65536, 2 ** 53 - 1, -(2 ** 53 - 1), -1.5, 1e-7, 'naïve € 😀 \u0000', 'x'.repeat(50000), '',
  [], {}, { deep: [[{ er: ['😀'] }]], empty: {} }, bytes, large, { file: bytes, list: [{ part: large }, Buffer.alloc(0)] },
];

let server;
before(async () => (server = await start_reference({ messagepack: 'on', eio3: 'off', workers: 2 })));
after(() => server.stop());

async function with_socket(transport, options, body, url = server.url) {
  const socket = await connect(newest, transport, url, options);
  try {
    return await body(socket);
  } finally {
    socket.close();
  }
}

for (const transport of transports) {
  const by = `by ${transport.name}`;

  test(`events and acks, ${by}`, () =>
    with_socket(transport, with_token(), async (socket) => {
      assert.equal(transport_of(socket), transport.ends_as);
      for (const thing of [...things, { _placeholder: true }]) {
        const answer = next(socket, 'echo');
        socket.emit('echo', thing);
        assert.deepEqual(plain(await answer), plain([thing]));
      }
      assert.deepEqual(plain(await ask(socket, 'echo-ack', ...things)), plain(things.slice()));
      assert.deepEqual(await ask(socket, 'echo-ack'), []);
      socket.once('question', (...asked) => {
        const reply = asked.pop();
        reply(bytes, plain(asked));
      });
      const seen = next(socket, 'answer');
      socket.emit('ask', 'which?', large);
      assert.deepEqual(plain(await seen), [bytes, ['which?', large]]);
    }));

  test(`what JSON has no words for, ${by}`, { skip: against_node && 'Node has words for it' }, () =>
    with_socket(transport, with_token(), async (socket) => {
      const day = new Date('2001-09-09T01:46:40.123Z');
      const sent = [day, undefined, { a: undefined, b: 1 }, NaN, -0, new Uint8Array([1, 2, 3]).buffer];
      const got = await ask(socket, 'echo-ack', ...sent);
      assert.deepEqual(plain(got), ['2001-09-09T01:46:40.123Z', null, { b: 1 }, null, 0, Buffer.from([1, 2, 3])]);
    }));

  test(`a broadcast, ${by}`, () =>
    with_socket(transport, with_token(), (one) =>
      with_socket(transport, with_token(), async (other) => {
        const heard = [one, other].map((socket) => next(socket, 'shout'));
        one.emit('shout', ...things);
        for (const args of await Promise.all(heard)) assert.deepEqual(plain(args), plain(things));
      }),
    ));

  test(`namespaces, ${by}`, () =>
    with_socket(transport, by_parser(), async (socket) => assert.deepEqual(await ask(socket, 'echo-ack', 'in'), ['in']),
      `${server.url}/chat`));

  test(`refusals say why, ${by}`, async () => {
    const socket = open(newest, transport, server.url,
      by_parser({ auth: { token: bad_tokens().token_expired }, reconnection: false }));
    try {
      const { data } = await refusal(socket);
      assert.equal(data?.code, 'token_expired');
    } finally {
      socket.close();
    }
    const nowhere = open(newest, transport, `${server.url}/nowhere`, by_parser({ reconnection: false }));
    try {
      const [error] = await next(nowhere, 'connect_error');
      assert.equal(error.message, 'Invalid namespace');
    } finally {
      nowhere.close();
    }
  });

  test(`leaving, ${by}`, () =>
    with_socket(transport, with_token(), async (socket) => {
      const chat = socket.io.socket('/chat', {});
      await next(chat, 'connect');
      chat.disconnect();
      assert.deepEqual(await ask(socket, 'echo-ack', 'still here'), ['still here']);
      const gone = next(socket, 'disconnect');
      socket.emit('kick');
      assert.equal((await gone)[0], 'io server disconnect');
    }));
}

test('a client without the parser is turned away', async () => {
  const socket = open(newest, transports[1], server.url, { auth: { token: good_token() }, reconnection: false });
  try {
    let connected = false;
    socket.on('connect', () => (connected = true));
    await until(() => engine_of(socket)?.readyState === 'closed', 'the end of the session');
    assert.equal(connected, false);
  } finally {
    socket.close();
  }
});
