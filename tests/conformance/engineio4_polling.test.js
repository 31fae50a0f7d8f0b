// SPDX-License-Identifier: MIT
// Engine.IO protocol v4 by long-polling: payloads, one GET and one POST at a time, and the ways a session ends.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { RS, said, start_echo, unknown_sid, within } from './support.js';

const empty = (status) => ({ status, text: '' });
const ok = { status: 200, text: 'ok' };

let server;
before(async () => (server = await start_echo('--max-payload', '100000')));
after(() => server.stop());

async function is_over(session) {
  assert.deepEqual(said(await session.get()), unknown_sid);
  assert.deepEqual(said(await session.post('4a')), unknown_sid);
}

describe('a payload', () => {
  const echoed = {
    'one packet': '4hello',
    'several packets': `4a${RS}4b${RS}4c`,
    'text beyond ASCII': `4€${RS}4😀${RS}4\u2028`,
    'a message without text': '4',
    'binary between text': `4hello${RS}bAQIDBA==${RS}4bye`,
    'binary without bytes': 'b',
  };
  for (const [what, body] of Object.entries(echoed))
    test(`with ${what} comes back as it was`, async () => {
      const session = await server.polling();
      assert.deepEqual(said(await session.post(body)), ok);
      assert.equal((await session.get()).text, body);
    });

  for (const spelling of ['b-_-_', 'b+/+/', 'b-_+/'])
    test(`may spell base64 as ${spelling}`, async () => {
      const session = await server.polling();
      await session.post(spelling);
      assert.equal((await session.get()).text, 'b+/+/');
    });

  for (const [who, text] of [['Java', 'bAQIDBA==\n'], ['MIME', 'bAQ\r\nIDBA==\r\n'], ['a pretty printer', 'b AQID\tBA == ']])
    test(`may break base64 in lines as ${who} does`, async () => {
      const session = await server.polling();
      assert.deepEqual(said(await session.post(text)), ok);
      assert.equal((await session.get()).text, 'bAQIDBA==');
    });

  test('may break long base64 after every 76 characters', async () => {
    const bytes = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7) & 255));
    const session = await server.polling();
    assert.deepEqual(said(await session.post('b' + bytes.toString('base64').replace(/.{76}/g, '$&\n') + '\n')), ok);
    assert.equal((await session.get()).text, 'b' + bytes.toString('base64'));
  });

  test('may leave out the padding of base64', async () => {
    const session = await server.polling();
    await session.post(`bAQIDBA${RS}bAQ`);
    assert.equal((await session.get()).text, `bAQIDBA==${RS}bAQ==`);
  });

  test('with bytes that are no UTF-8 has replacement characters', async () => {
    const session = await server.polling();
    await session.post(Buffer.from([0x34, 0x61, 0xff, 0x62]));
    assert.equal((await session.get()).text, '4a\ufffdb');
  });

  test('may come in chunks, and by pieces', async () => {
    const session = await server.polling();
    const raw = await server.raw();
    raw.send(`POST /engine.io/?${session.query} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`);
    for (const piece of ['2\r\n4a\r\n', '1;x=y\r', '\nb\r\n', '0\r\n', '\r\n']) {
      raw.send(piece);
      await session.settle();
    }
    assert.deepEqual(said(await raw.response()), ok);
    raw.close();
    assert.equal((await session.get()).text, '4ab');
  });

  test('may be waited for with "Expect: 100-continue"', async () => {
    const session = await server.polling();
    const raw = await server.raw();
    raw.send(`POST /engine.io/?${session.query} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n`);
    assert.equal((await raw.response()).status, 100);
    raw.send('4a');
    assert.deepEqual(said(await raw.response()), ok);
    raw.close();
  });

  test('of any other content type is read as text', async () => {
    const session = await server.polling();
    for (const type of ['application/json', 'text/html', 'application/octet-stream; x=y'])
      assert.deepEqual(said(await session.post('4a', { headers: { 'Content-Type': type } })), ok);
    assert.equal((await session.get()).text, `4a${RS}4a${RS}4a`);
  });

  test('may hold packets that mean nothing here', async () => {
    const session = await server.polling();
    assert.deepEqual(said(await session.post(`0{}${RS}6${RS}5${RS}3${RS}4a`)), ok);
    assert.equal((await session.get()).text, '4a');
  });
});

describe('an answer', () => {
  test('to a POST is "ok" as text/html', async () => {
    const { headers } = await (await server.polling()).post('4a');
    assert.equal(headers['content-type'], 'text/html');
    assert.equal(headers['content-length'], '2');
    assert.equal(headers['cache-control'], 'no-store');
  });

  test('to a GET is text and not stored', async () => {
    const session = await server.polling();
    await session.post('4€');
    const { headers } = await session.get();
    assert.equal(headers['content-type'], 'text/plain; charset=UTF-8');
    assert.equal(headers['content-length'], '4');
    assert.equal(headers['cache-control'], 'no-store');
  });

  test('to a GET has all that is queued', async () => {
    const session = await server.polling();
    for (const body of ['4a', '4b', `4c${RS}4d`]) await session.post(body);
    assert.equal((await session.get()).text, ['4a', '4b', '4c', '4d'].join(RS));
  });

  test('to a GET that waits comes when there is a message', async () => {
    const session = await server.polling();
    const held = await session.hold();
    assert.deepEqual(said(await session.post('4late')), ok);
    assert.equal((await held.answer).text, '4late');
  });

  test('to one POST is one for a waiting GET, however many packets', async () => {
    const session = await server.polling();
    const held = await session.hold();
    await session.post(`4a${RS}4b${RS}bAQ==`);
    assert.equal((await held.answer).text, `4a${RS}4b${RS}bAQ==`);
  });
});

describe('a bad payload', () => {
  const bad = {
    'an unknown type': '7',
    'a letter for a type': 'abc',
    'no packet': '',
    'an empty packet at the end': `4a${RS}`,
    'an empty packet in between': `4a${RS}${RS}4b`,
    'base64 with something else in it': 'bAQ!=',
    'base64 that is cut': `4a${RS}bA`,
  };
  // These can be read, but say what a client may not say.
  const misplaced = { 'a ping, which only the server sends': '2', 'a probe': '2probe' };
  const cases = [
    ...Object.entries(bad).map(([what, body]) => [what, body, { status: 400, text: '{"code":3,"message":"Bad request"}' }]),
    ...Object.entries(misplaced).map(([what, body]) => [what, body, ok]),
  ];
  for (const [what, body, answer] of cases) {
    test(`with ${what} is answered ${answer.status} and ends the session`, async () => {
      const session = await server.polling();
      assert.deepEqual(said(await session.post(body)), answer);
      await is_over(session);
    });

    test(`with ${what} ends a waiting GET with a close`, async () => {
      const session = await server.polling();
      const held = await session.hold();
      assert.deepEqual(said(await session.post(body)), answer);
      assert.equal((await held.answer).text, '1');
      await is_over(session);
    });
  }
});

describe('one at a time:', () => {
  test('a second GET is refused, the first is told to close, and the session is over', async () => {
    const session = await server.polling();
    const first = await session.hold();
    assert.deepEqual(said(await session.get()), empty(400));
    assert.deepEqual(said(await first.answer), { status: 200, text: '1' });
    await is_over(session);
  });

  test('a second POST is refused, the first is cut, a waiting GET is told to close', async () => {
    const session = await server.polling();
    const held = await session.hold();
    const raw = await server.raw();
    raw.send(`POST /engine.io/?${session.query} HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n4half`);
    await session.settle();
    assert.deepEqual(said(await session.post('4a')), empty(400));
    assert.equal(await raw.end(), '');
    assert.equal((await held.answer).text, '1');
    await is_over(session);
  });

  test('a GET and a POST do not mind each other', async () => {
    const session = await server.polling();
    for (const text of ['4a', '4b', '4c']) {
      const held = await session.hold();
      await session.post(text);
      assert.equal((await held.answer).text, text);
    }
  });

  test('requests in a pipeline are answered in order', async () => {
    const session = await server.polling();
    const raw = await server.raw();
    const head = `/engine.io/?${session.query} HTTP/1.1\r\nHost: a\r\n`;
    raw.send(`POST ${head}Content-Length: 2\r\n\r\n4aPOST ${head}Content-Length: 2\r\n\r\n4bGET ${head}\r\n`);
    assert.equal((await raw.response()).text, 'ok');
    assert.equal((await raw.response()).text, 'ok');
    assert.equal((await raw.response()).text, `4a${RS}4b`);
    raw.close();
  });
});

describe('a POST', () => {
  test('of octets is refused with 400 and ends the session', async () => {
    const session = await server.polling();
    const held = await session.hold();
    const answer = await session.post('4a', { headers: { 'Content-Type': 'application/octet-stream' } });
    assert.deepEqual(said(answer), empty(400));
    assert.equal((await held.answer).text, '1');
    await is_over(session);
  });

  test('of just the largest size is taken', async () => {
    const session = await server.polling();
    const body = '4' + 'x'.repeat(99999);
    assert.deepEqual(said(await session.post(body)), ok);
    assert.equal((await session.get()).text, body);
  });

  for (const [how, headers] of [['length', {}], ['chunks', { 'Transfer-Encoding': 'chunked' }]])
    test(`that is too large by its ${how} is refused with 413 and the session goes on`, async () => {
      const session = await server.polling();
      const raw = await server.raw();
      const size = 100001;
      raw.send(
        `POST /engine.io/?${session.query} HTTP/1.1\r\nHost: a\r\n` +
          (headers['Transfer-Encoding'] ? `Transfer-Encoding: chunked\r\n\r\n${size.toString(16)}\r\n` : `Content-Length: ${size}\r\n\r\n`),
      );
      raw.send('4'.repeat(size));
      assert.deepEqual(said(await raw.response()), empty(413));
      raw.close();
      assert.deepEqual(said(await session.post('4a')), ok);
      assert.equal((await session.get()).text, '4a');
    });

  test('that is cut off ends the session', async () => {
    const session = await server.polling();
    const held = await session.hold();
    const raw = await server.raw();
    raw.send(`POST /engine.io/?${session.query} HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n4half`);
    await session.settle();
    raw.close();
    assert.equal((await held.answer).text, '1');
    await is_over(session);
  });
});

describe('a session ends', () => {
  test('when its waiting GET is cut off', async () => {
    const session = await server.polling();
    const held = session.get();
    held.catch(() => {});
    await held.sent;
    await session.settle();
    held.abort();
    await session.settle();
    await is_over(session);
  });

  test('when its client says so: the waiting GET gets a noop', async () => {
    const session = await server.polling();
    const held = await session.hold();
    assert.deepEqual(said(await session.post('1')), ok);
    assert.equal((await held.answer).text, '6');
    await is_over(session);
  });

  test('when its client says so behind other packets, which count', async () => {
    const session = await server.polling();
    assert.deepEqual(said(await session.post(`4a${RS}1${RS}4b`)), ok);
    await is_over(session);
  });

  test('when the server leaves: the waiting GET gets a close', async () => {
    const leaving = await start_echo();
    const session = await leaving.polling();
    const held = await session.hold();
    const left = leaving.stop();
    assert.equal((await held.answer).text, '1');
    await within(left, 'end of the server');
  });
});
