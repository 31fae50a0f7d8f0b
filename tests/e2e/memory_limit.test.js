// SPDX-License-Identifier: MIT
// A limit for memory against what clients send: each attack by raw connections, a gateway of its own, and beside it clients
// that behave: who has joined gets every event, who comes gets in. The peak of the resident set is the kernel's own (VmHWM).
// `ATTACK_TABLE=1` prints a table.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { call_api, connect, good_token, newest, SECRET, start_gateway, transports, until } from './support.js';

const MIB = 1024 * 1024;
const LIMIT = 96 * MIB;
const websocket = transports[1];
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const rows = [];
after(() => { if (process.env.ATTACK_TABLE) console.table(rows); });

const peak_of = (pid) => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;

/** A connection that sends what it is told; what it reads is kept, and nothing ends the test if it ends. */
class Attacker {
  constructor(url) {
    this.read = Buffer.alloc(0);
    this.socket = net.connect(Number(new URL(url).port), '127.0.0.1');
    this.socket.on('error', () => {});
    this.socket.on('data', (bytes) => { this.read = Buffer.concat([this.read, bytes]).subarray(-4096); });
  }

  send(bytes) { if (!this.socket.destroyed) this.socket.write(bytes); }
  reads(text) { return until(() => this.read.includes(text) || this.socket.destroyed, text); }
  close() { this.socket.destroy(); }
}

const upgrade = (token) => `GET /socket.io/?EIO=4&transport=websocket${token ? `&token=${token}` : ''} HTTP/1.1\r\nHost: a\r\n`
  + `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\n\r\n`;
/** A masked frame (the mask is zero); `announced`: bytes that its header promises. */
function frame(kind, payload, announced = payload.length) {
  const extra = announced < 126 ? 0 : announced < 65536 ? 2 : 8;
  const head = Buffer.alloc(2 + extra + 4);
  head[0] = 0x80 | kind;
  head[1] = 0x80 | [announced, 126, 127][[0, 2, 8].indexOf(extra)];
  if (extra === 2) head.writeUInt16BE(announced, 2);
  if (extra === 8) head.writeBigUInt64BE(BigInt(announced), 2);
  return Buffer.concat([head, payload]);
}
const text = (of, announced) => frame(1, Buffer.from(of), announced);

async function session_of(url, token) {
  const response = await fetch(`${url}/socket.io/?EIO=4&transport=polling${token ? `&token=${token}` : ''}`);
  return response.status === 200 ? JSON.parse((await response.text()).slice(1)).sid : undefined;
}
async function joined(url, i) {
  const one = new Attacker(url);
  one.send(upgrade(good_token(`attacker-${i}`, 'sub')));
  await one.reads('"sid"');
  one.send(text('40'));
  await one.reads('40{');
  one.has_joined = one.read.includes('40{');  // while memory is short nobody new is let in
  return one;
}
const crowd = async (count, make) => {
  const all = [];
  for (let i = 0; i < count; ++i) all.push(await make(i));
  return all;
};

// Each takes the address of the gateway and returns its connections.
const attacks = {
  'bodies for a path that does not exist': ({ url }) => crowd(400, () => {
    const one = new Attacker(url);
    one.send(`POST /nope HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n${'4'.repeat(999000)}`);
    return one;
  }),
  'half bodies of sessions that have not joined': ({ url }) => crowd(200, async () => {
    const sid = await session_of(url);
    const one = new Attacker(url);
    one.send(`POST /socket.io/?EIO=4&transport=polling&sid=${sid} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n${'4'.repeat(990000)}`);
    return one;
  }),
  'half messages of WebSockets that have not joined': ({ url }) => crowd(300, async () => {
    const one = new Attacker(url);
    one.send(upgrade());
    await one.reads('"sid"');
    one.send(text('4'.repeat(16000), 16300));
    one.send('4'.repeat(900000));
    return one;
  }),
  'heads of 15 KB': ({ url }) => crowd(2500, () => {
    const one = new Attacker(url);
    one.send(`GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(15000)}\r\n\r\n`);
    return one;
  }),
  'half heads of 15 KB': ({ url }) => crowd(4000, () => {
    const one = new Attacker(url);
    one.send(`GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(15000)}`);
    return one;
  }),
  'half messages of clients that have joined': ({ url }) => crowd(200, async (i) => {
    const one = await joined(url, i);
    one.send(text(`42["half","${'x'.repeat(990000)}`, 999999));
    return one;
  }),
  'attachments of packets that are never whole': ({ url }) => crowd(200, async (i) => {
    const one = await joined(url, i);
    const places = Array.from({ length: 10 }, (_, num) => `{"_placeholder":true,"num":${num}}`).join();
    one.send(text(`4510-["half",${places}]`));
    for (let sent = 0; sent < 9; ++sent) one.send(frame(2, Buffer.alloc(99000)));
    return one;
  }),
  'answers that fill memory': async ({ url, api }) => {
    const all = await crowd(60, (i) => joined(url, i));
    const asking = Array.from({ length: 4 }, () => call_api(api, 'POST', '/v1/emit-with-ack', {
      users: all.map((_, i) => `attacker-${i}`), event: 'question', args: [], timeout_ms: 3000 }).catch(() => {}));
    for (const one of all) {
      await one.reads('"question"');
      const ids = [...one.read.toString('latin1').matchAll(/42(\d+)\["question"/g)].map((match) => match[1]);
      for (const id of ids) one.send(text(`43${id}["${'x'.repeat(900000)}"]`));
    }
    await Promise.all(asking);
    return all;
  },
};

for (const [what, attack] of Object.entries(attacks)) {
  test(what, { timeout: 60000 }, async () => {
    const gateway = await start_gateway({ secret: SECRET, args: ['--memory-limit', '96MiB', '--server-workers', '2'] });
    let attackers = [], going = true;
    try {
      const good = await connect(newest, websocket, gateway.url, { auth: { token: good_token('good', 'sub') }, reconnection: false });
      let got = 0, said = 0, came = 0, refused = 0;
      good.on('count', (n) => { assert.equal(n, got++); });
      const telling = (async () => {
        for (; going; await pause(20)) await call_api(gateway.api, 'POST', '/v1/emit', { users: ['good'], event: 'count', args: [said++] });
      })();
      const coming = (async () => {
        for (let i = 0; going; ++i, await pause(100)) {
          const visitor = await connect(newest, websocket, gateway.url, { auth: { token: good_token(`visitor-${i}`, 'sub') }, reconnection: false })
            .catch(() => ++refused && undefined);
          if (visitor) { ++came; visitor.close(); }
        }
      })();
      attackers = await attack(gateway);
      await pause(1500);
      going = false;
      await Promise.all([telling, coming]);
      await until(() => got === said, 'everything that was said');
      assert.ok(good.connected);
      const peak = peak_of(gateway.server.pid);
      const { counters } = await call_api(gateway.api, 'GET', '/debug/stats');
      const cut = ['cut_unjoined', 'cut_unfinished', 'cut_memory', 'dropped_answers'].map((name) => `${name} ${counters?.[name] ?? '?'}`).join(', ');
      rows.push({ attack: what, 'peak MiB': (peak / MIB).toFixed(1), said, got, came, refused, cut });
      good.close();
      if ('has_joined' in attackers[0]) assert.ok(attackers.filter((one) => one.has_joined).length >= 50);
      assert.ok(peak <= LIMIT * 1.1, `${(peak / MIB).toFixed(1)} MiB of 96 (${cut})`);
      assert.ok(came > 0);
    } finally {
      going = false;
      for (const one of attackers) one.close();
      await gateway.stop();
    }
  });
}
