// SPDX-License-Identifier: MIT
// What explains the gateway's memory, with clients and with the tools of its operator: the picture adds up while they come,
// stay and leave; jeprof reads both profiles; Prometheus' format is kept.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { call_api, connect, gateway, good_token, newest, SECRET, start_gateway, transports, until, WAIT } from './support.js';

const websocket = transports[1];
const folder = mkdtempSync(path.join(tmpdir(), 'encke-memory-'));
let server;
before(async () => { server = await start_gateway({ secret: SECRET }); });
after(() => server?.stop().finally(() => rmSync(folder, { recursive: true, force: true })));

const memory = () => call_api(server.api, 'GET', '/debug/memory');
const bytes = (picture, name) => picture.parts.find((part) => part.name === name).bytes;
const sum = (picture) => picture.parts.reduce((total, part) => total + part.bytes, 0);
const crowd = (count) => Promise.all(Array.from({ length: count }, (_, i) =>
  connect(newest, websocket, server.url, { auth: { token: good_token(`user-${i}`, 'sub') }, reconnection: false })));

async function fetch_file(route, name) {
  const response = await fetch(server.api + route, { signal: AbortSignal.timeout(WAIT) });
  assert.equal(response.status, 200, route);
  const file = path.join(folder, name);
  writeFileSync(file, Buffer.from(await response.arrayBuffer()));
  return file;
}

/** The lines of jeprof's table. */
const jeprof = (...args) => execFileSync('jeprof', ['--text', ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

test('the parts add up to what is resident, and 95 % of it is explained while clients come and go', async () => {
  const looks = [await memory()];
  const look = async () => looks.push(await memory());
  const timer = setInterval(() => look().catch(() => {}), 50);
  const clients = await crowd(150);
  for (let i = 0; i < 20; ++i)
    await call_api(server.api, 'POST', '/v1/emit', { all: true, event: 'news', args: ['x'.repeat(5000)] });
  await look();
  assert.ok(bytes(looks.at(-1), 'session') > 150 * 100);
  for (const client of clients) client.close();
  await until(async () => (await memory()).sessions === 0, 'everybody to be gone');
  clearInterval(timer);
  await look();
  assert.equal(bytes(looks.at(-1), 'session'), 0);
  assert.ok(looks.length > 5);
  for (const one of looks) {
    assert.equal(sum(one), one.rss);
    assert.equal(one.allocator.name, 'jemalloc');
    assert.ok(one.explained >= 0.95, `${one.explained}: ${JSON.stringify(one.parts)}`);
  }
});

test('a mark shows what came since', async () => {
  const mark = await call_api(server.api, 'POST', '/debug/memory/mark');
  const clients = await crowd(20);
  const now = await memory();
  assert.deepEqual(now.mark, mark);
  assert.ok(bytes(now, 'session') - bytes(mark, 'session') >= 20 * 100);
  for (const client of clients) client.close();
  assert.equal((await fetch(`${server.api}/debug/memory/mark`, { method: 'DELETE' })).status, 204);
});

test('jeprof reads the heap profile', async () => {
  const file = await fetch_file('/debug/pprof/heap', 'heap');
  const table = jeprof('--cum', gateway, file);
  assert.match(table, /^Total: [1-9]\d*\.\d MB$/m);
  assert.match(table, /encke::gateway::serve$/m);
});

test('jeprof reads the CPU profile, and two compare', async () => {
  const quiet = await fetch_file('/debug/pprof/profile?seconds=1', 'quiet');
  const [client] = await crowd(1);
  let over = false;
  const calls = (async () => {
    while (!over) await call_api(server.api, 'POST', '/v1/emit', { all: true, event: 'news', args: ['x'.repeat(20000)] });
  })();
  const busy = await fetch_file('/debug/pprof/profile?seconds=1', 'busy');
  over = true;
  await calls;
  client.close();
  const table = jeprof('--cum', gateway, busy);
  assert.match(table, /^Total: [1-9]\d* samples$/m);
  assert.match(table, /encke::net::worker::run$/m);
  assert.match(jeprof('--base', quiet, gateway, busy), /^Total: [1-9]\d* samples$/m);
});

test('Prometheus finds the same figures', async () => {
  const text = await (await fetch(`${server.api}/metrics`)).text();
  for (const line of text.trimEnd().split('\n'))
    assert.match(line, /^(# (HELP|TYPE) (encke|process)_\w+ .+|(encke|process)_\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? -?[\d.e+]+)$/);
  const values = [...text.matchAll(/^encke_memory_bytes\{.*\} (.+)$/gm)].map((found) => Number(found[1]));
  const rss = Number(text.match(/^encke_memory_rss_bytes (.+)$/m)[1]);
  assert.ok(Math.abs(values.reduce((a, b) => a + b) - rss) < 4096);
});
