// SPDX-License-Identifier: MIT
// The gateway as its operator sees it: a settings file, TLS with certificates that change, logs, signals, exit codes.

import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import net from 'node:net';
import tls from 'node:tls';
import { call_api, connect, good_token, mint, newest, next, Process, SECRET, transports, until, WAIT, gateway } from './support.js';

const [polling, websocket] = transports;
const folder = mkdtempSync(path.join(tmpdir(), 'encke-process-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name) => path.join(folder, name);
const token = good_token('alice', 'sub');

/** A production gateway: a settings file and nothing else. */
async function start(t, extra = '', scheme = 'http') {
  const config = file(`encke-${Math.random().toString(36).slice(2)}.toml`);
  writeFileSync(config, `[server]\nlisten = "127.0.0.1:0"\ndrain_time = "4s"\n[api]\nlisten = "127.0.0.1:0"\n[auth]\nsecret = "${SECRET}"\n${extra}`);
  const server = await Process.start(gateway, ['serve', '--config', config], {
    url: new RegExp(`(?:^|"msg":")listening on (${scheme}://127\\.0\\.0\\.1:\\d+)("|\\s*$)`, 'm'),
    api: /(?:^|"msg":")api on (http:\/\/127\.0\.0\.1:\d+)("|\s*$)/m,
  });
  t.after(() => server.ended || server.stop());
  return Object.assign(server, server.addresses);
}

/** A certificate in files of this name. */
function make_certificate(name, subject = name) {
  const [cert, key] = [file(`${name}.pem`), file(`${name}.key`)];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', `/CN=${subject}`,
    '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return { cert, key };
}

/** The subject of the certificate that a server shows. */
const shown_certificate = (port) =>
  new Promise((resolve, reject) => {
    const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().subject.CN);
      socket.destroy();
    });
    socket.on('error', reject);
  });

const status = async (url, options) => (await fetch(url, { signal: AbortSignal.timeout(WAIT), ...options })).status;

test('without --debug there is nothing but Socket.IO in front; the debug pages are always behind', async (t) => {
  const server = await start(t);
  for (const route of ['/', '/index.html', '/app.js', '/demo/users', '/debug/', '/debug/ledger', '/v1/users', '/healthz'])
    assert.equal(await status(server.url + route), 404, route);
  for (const route of ['/debug/ledger', '/debug/sessions', '/debug/memory']) assert.equal(await status(server.api + route), 200, route);
  assert.equal(await status(`${server.url}/socket.io/socket.io.min.js`), 200);
  const socket = await connect(newest, websocket, server.url, { auth: { token } });
  const greetings = [];
  socket.on('debug', (text) => greetings.push(text));
  const pushed = next(socket, 'hello');
  await call_api(server.api, 'POST', '/v1/emit', { users: ['alice'], event: 'hello', args: [] });
  await pushed;
  assert.deepEqual(greetings, []);
  socket.close();
});

test('SIGTERM sends everybody away to come back elsewhere, and exits 0 within the drain time', async (t) => {
  const server = await start(t);
  const sockets = await Promise.all([polling, websocket].map((by) => connect(newest, by, server.url, { auth: { token }, reconnection: false })));
  const reasons = sockets.map((socket) => next(socket, 'disconnect'));
  const begun = Date.now();
  await server.stop();
  assert.ok(Date.now() - begun < 4000, 'well before the drain time when all are gone');
  for (const [reason] of await Promise.all(reasons)) assert.match(reason, /^transport (close|error)$/, 'not a kick: clients may reconnect');
  assert.match(server.output, /leaving/);
});

test('a second SIGTERM ends it at once', async (t) => {
  const server = await start(t);
  // A request that is being answered would hold the exit back until the drain time is over.
  const socket = await connect(newest, websocket, server.url, { auth: { token }, reconnection: false });
  const question = fetch(`${server.api}/v1/emit-with-ack`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ users: ['alice'], event: 'never-answered', args: [], timeout_ms: 20000 }),
  }).catch(() => {});
  await next(socket, 'never-answered');
  process.kill(server.pid, 'SIGTERM');
  await until(() => /leaving/.test(server.output), 'the first signal to be seen');
  await server.stop('SIGTERM', 2000);
  await question;
});

test('bad settings: every fault at once, and exit code 2', () => {
  const config = file('bad.toml');
  writeFileSync(config, '[engine]\nping_intervall = "25s"\nping_timeout = "never"\n[rooms]\nuser = "user"\n');
  const run = spawnSync(gateway, ['check-config', '--config', config], { encoding: 'utf8' });
  assert.equal(run.status, 2);
  for (const expected of [/ping_intervall.*ping_interval/, /ping_timeout/, /\{id\}/, /auth\.secret/]) assert.match(run.stderr, expected);
});

test('a port that is taken: which address, which setting, and what helps', async () => {
  const taken = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const address = `127.0.0.1:${taken.address().port}`;
  const config = file('taken.toml');
  const started = (clients, backend) => {
    writeFileSync(config, `[server]\nlisten = "${clients}"\n[api]\nlisten = "${backend}"\n[auth]\nsecret = "${SECRET}"\n`);
    return spawnSync(gateway, ['serve', '--config', config], { encoding: 'utf8', timeout: WAIT });
  };
  for (const [setting, clients, backend] of [['server.listen', address, '127.0.0.1:0'], ['api.listen', '127.0.0.1:0', address]]) {
    const { status: code, stderr } = started(clients, backend);
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`^encke: ${setting}: cannot listen on ${address}: the port is in use: .*another port$`, 'm'));
  }
  const { status: code, stderr } = started('192.0.2.1:0', '127.0.0.1:0');
  assert.equal(code, 1);
  assert.match(stderr, /^encke: server\.listen: cannot listen on 192\.0\.2\.1:0: this machine has no such address/m);
  taken.close();
});

test('a name to listen on stands for all its addresses', async (t) => {
  const config = file('localhost.toml');
  writeFileSync(config, `[server]\nlisten = "localhost:0"\n[api]\nlisten = "localhost:0"\n[auth]\nsecret = "${SECRET}"\n`);
  const patterns = { url: /^listening on http:\/\/localhost:(\d+)\s*$/m, api: /^api on http:\/\/localhost:(\d+)\s*$/m };
  const server = await Process.start(gateway, ['serve', '--config', config], patterns);
  t.after(() => server.stop());
  for (const host of ['127.0.0.1', 'localhost']) assert.equal(await status(`http://${host}:${server.addresses.api}/healthz`), 200, host);
});

test('the logs tell who, and never the token', async (t) => {
  const log = file('encke.log');
  const server = await start(t, `[log]\nlevel = "trace"\nformat = "json"\nfile = "${log}"\n`);
  const bad = good_token('mallory', 'sub').replace(/.$/, (c) => (c === 'A' ? 'B' : 'A'));
  // Of the old client, for with a bad cookie a new one may still send a good token.
  for (const [query, headers] of [[`4&token=${bad}`, {}], ['4', { Authorization: `Bearer ${bad}` }], ['3', { Cookie: `token=${bad}` }]])
    assert.equal(await status(`${server.url}/socket.io/?transport=polling&EIO=${query}`, { headers }), 401);
  const socket = await connect(newest, websocket, server.url, { query: { token } });
  const { id } = socket;
  socket.close();
  const lines = () => readFileSync(log, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  await until(() => lines().some((line) => line.msg === 'disconnected'), 'the line about the end');
  const about = lines().filter((line) => line.id === id);
  assert.ok(about.length >= 2 && about.every((line) => line.user === 'alice'), JSON.stringify(about));
  const text = readFileSync(log, 'utf8') + server.output;
  for (const secret of [token, bad, bad.split('.')[2], token.split('.')[2], SECRET]) assert.ok(!text.includes(secret), `the log holds ${secret}`);
});

test('with JSON the lines on standard output are JSON, too', async (t) => {
  const server = await start(t, `[log]\nformat = "json"\n`);
  await until(() => /serving/.test(server.output), 'the first record');
  const lines = server.output.trim().split('\n').map((line) => JSON.parse(line));
  assert.ok(lines.some((line) => line.msg === `listening on ${server.url}`));
});

/** A gateway whose standard streams are those of a shell's command line, in which $ENCKE stands for it. */
async function start_by_shell(t, line, extra = '') {
  const config = file(`shell-${Math.random().toString(36).slice(2)}.toml`);
  const ports = [await free_port(), await free_port()];
  writeFileSync(config, `[server]\nlisten = "127.0.0.1:${ports[0]}"\n[api]\nlisten = "127.0.0.1:${ports[1]}"\n[auth]\nsecret = "${SECRET}"\n${extra}`);
  const shell = spawn('bash', ['-c', line], { env: { ...process.env, ENCKE: `${gateway} serve --config ${config}` }, detached: true, stdio: 'ignore' });
  const how = next(shell, 'exit', 60000);
  t.after(() => {
    try {
      process.kill(-shell.pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  });
  const [url, api] = ports.map((port) => `http://127.0.0.1:${port}`);
  await until(async () => (await status(`${api}/readyz`).catch(() => 0)) === 200, 'the gateway to serve');
  return { url, api, shell, how };
}

const free_port = () =>
  new Promise((resolve) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

async function refuse_many(url, count) {
  for (let i = 0; i < count; i += 50)
    await Promise.all(Array.from({ length: 50 }, () => status(`${url}/socket.io/?EIO=4&transport=polling&token=x`)));
}

const lost_records = async (api) => Number(/^encke_log_records_lost_total (\d+)/m.exec(await (await fetch(`${api}/metrics`)).text())[1]);

test('a reader of the log that stands still stops nobody, and what it missed is counted', async (t) => {
  const { url, api, shell, how } = await start_by_shell(t, 'exec $ENCKE 2> >(exec sleep 1000)', '[log]\nlevel = "debug"\n');
  await refuse_many(url, 500);
  for (let i = 0; i < 40 && (await lost_records(api)) === 0; ++i) await refuse_many(url, 500);
  assert.ok((await lost_records(api)) > 0, 'more than pipe and queue hold was logged');
  const socket = await connect(newest, websocket, url, { auth: { token } });
  socket.close();
  process.kill(shell.pid, 'SIGTERM');
  assert.deepEqual(await how, [0, null]);
});

test('readers of standard output and error that go away end nothing', async (t) => {
  const { url, api, shell, how } = await start_by_shell(t, 'exec $ENCKE > >(exec true) 2> >(exec true)', '[log]\nlevel = "debug"\n');
  await refuse_many(url, 50);
  assert.ok((await lost_records(api)) > 0);
  process.kill(shell.pid, 'SIGHUP');
  await refuse_many(url, 50);
  process.kill(shell.pid, 'SIGTERM');
  assert.deepEqual(await how, [0, null]);
});

test('standard streams that are closed at the start are nobody else\'s', async (t) => {
  const { url, api, shell, how } = await start_by_shell(t, 'exec $ENCKE <&- >&- 2>&-', '[log]\nlevel = "debug"\n');
  for (const descriptor of [0, 1, 2]) assert.equal(readlinkSync(`/proc/${shell.pid}/fd/${descriptor}`), '/dev/null');
  await refuse_many(url, 50);
  assert.equal(await lost_records(api), 0);
  process.kill(shell.pid, 'SIGTERM');
  assert.deepEqual(await how, [0, null]);
});

test('a named pipe without a reader is as good a log as any', async (t) => {
  const pipe = file('pipe');
  execFileSync('mkfifo', [pipe]);
  const { shell, how } = await start_by_shell(t, 'exec $ENCKE', `[log]\nfile = "${pipe}"\n`);
  process.kill(shell.pid, 'SIGTERM');
  assert.deepEqual(await how, [0, null]);
});

test('refusals are summed up in the log at the usual level, and counted by code', async (t) => {
  const server = await start(t, `[[api.keys]]\nname = "a"\nhash = "sha256:${createHash('sha256').update('the key of the backend').digest('hex')}"\n`);
  const headers = { Authorization: 'Bearer the key of the backend' };
  for (let i = 0; i < 3; ++i) assert.equal(await status(`${server.url}/socket.io/?EIO=4&transport=polling&token=${mint({ sub: 'alice', exp: 1 })}`), 401);
  for (let i = 0; i < 3; ++i) assert.equal(await status(`${server.api}/v1/users`, { headers: { Authorization: 'Bearer wrong' } }), 401);
  const text = await (await fetch(`${server.api}/metrics`, { headers })).text();
  assert.match(text, /^encke_refusals_total\{at="clients",code="token_expired"\} 3$/m);
  assert.match(text, /^encke_refusals_total\{at="api",code="wrong_key"\} 3$/m);
  await server.stop();
  assert.equal(server.output.match(/refused an API call code=wrong_key address=127\.0\.0\.1 path=\/v1\/users/g).length, 1);
  assert.match(server.output, / info {2}refused clients token_expired=3$/m);
  assert.match(server.output, / info {2}refused API calls wrong_key=3$/m);
});

test('a reload says what it did not take over', async (t) => {
  const config = file('reload.toml');
  const write = (extra) => writeFileSync(config, `[server]\nlisten = "127.0.0.1:0"\n[api]\nlisten = "127.0.0.1:0"\n[auth]\nsecret = "${'n'.repeat(40)}"\n${extra}`);
  write('');
  const server = await Process.start(gateway, ['serve', '--config', config], { url: /^listening on (\S+)$/m, api: /^api on (\S+)$/m }, { env: { ENCKE_AUTH_SECRET: SECRET } });
  t.after(() => server.ended || server.stop());
  write('[limits]\nconnections = 7\n[engine]\ncookie = "io"\n');
  process.kill(server.pid, 'SIGHUP');
  await until(() => /reloaded/.test(server.output), 'the reload');
  assert.match(server.output, /warn  settings changed that wait for a restart settings="engine\.cookie, limits\.connections"/);
  assert.match(server.output, /warn  the value in the file is not used setting=auth\.secret instead=ENCKE_AUTH_SECRET/);
  assert.ok(!server.output.includes('nnnn') && !server.output.includes(SECRET));
});

test('a reload that fails changes nothing, certificates included', async (t) => {
  const { cert, key } = make_certificate('whole');
  const config = file('whole.toml');
  const write = (log) => writeFileSync(config, `[server]\nlisten = "127.0.0.1:0"\n[api]\nlisten = ""\n[auth]\nsecret = "${SECRET}"\n[tls]\ncertificate = "${cert}"\nkey = "${key}"\n${log}`);
  write('');
  const server = await Process.start(gateway, ['serve', '--config', config], { url: /^listening on (\S+)$/m });
  t.after(() => server.ended || server.stop());
  const shown = () => shown_certificate(new URL(server.addresses.url).port);
  make_certificate('whole', 'other name');
  // It looks as if it could be written, and cannot be.
  write('[log]\nfile = "/proc/self/fd/nothing"\n');
  process.kill(server.pid, 'SIGHUP');
  await until(() => /not reloaded/.test(server.output), 'the complaint');
  assert.equal(await shown(), 'whole');
  write('');
  process.kill(server.pid, 'SIGHUP');
  await until(async () => (await shown()) === 'other name', 'the new certificate');
  const moved = make_certificate('moved');
  writeFileSync(config, `[server]\nlisten = "127.0.0.1:0"\n[api]\nlisten = ""\n[auth]\nsecret = "${SECRET}"\n[tls]\ncertificate = "${moved.cert}"\nkey = "${moved.key}"\n`);
  process.kill(server.pid, 'SIGHUP');
  await until(async () => (await shown()) === 'moved', 'the certificate of another path');
});

test('TLS: certificates change on SIGHUP, and nobody is dropped', async (t) => {
  const make = (name) =>
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
      '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', file('key.pem'), '-out', file('cert.pem')], { stdio: 'ignore' });
  make('first');
  const server = await start(t, `[tls]\ncertificate = "${file('cert.pem')}"\nkey = "${file('key.pem')}"\n`, 'https');
  const { port } = new URL(server.url);
  const look = (options = {}) =>
    new Promise((resolve, reject) => {
      const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'], ...options }, () => {
        resolve({ name: socket.getPeerCertificate().subject.CN, version: socket.getProtocol(), alpn: socket.alpnProtocol });
        socket.destroy();
      });
      socket.on('error', reject);
    });
  assert.deepEqual(await look(), { name: 'first', version: 'TLSv1.3', alpn: 'http/1.1' });
  assert.equal((await look({ maxVersion: 'TLSv1.2' })).version, 'TLSv1.2');
  await assert.rejects(look({ minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' }));

  for (const by of transports) {
    const socket = await connect(newest, by, server.url, { auth: { token }, rejectUnauthorized: false, reconnection: false });
    t.after(() => socket.close());
    let dropped = false;
    socket.on('disconnect', () => (dropped = true));
    const name = `second-${by.name}`;
    make(name);
    process.kill(server.pid, 'SIGHUP');
    await until(async () => (await look()).name === name, 'the new certificate');
    const pushed = next(socket, 'still-here');
    await call_api(server.api, 'POST', '/v1/emit', { users: ['alice'], event: 'still-here', args: [by.name] });
    assert.deepEqual(await pushed, [by.name]);
    assert.equal(dropped, false);
  }
  writeFileSync(file('cert.pem'), 'no certificate');
  process.kill(server.pid, 'SIGHUP');
  await until(() => /not reloaded/.test(server.output), 'the complaint');
  assert.match((await look()).name, /^second-/, 'a bad certificate changes nothing');
});

test('while it leaves, the internal listener says that it is not ready', async (t) => {
  const server = await start(t);
  const { port } = new URL(server.url);
  // A client that hears of the end and does not go holds the server back for as long as it lingers.
  const stubborn = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  t.after(() => stubborn.destroy());
  stubborn.write(`GET /socket.io/?EIO=4&transport=websocket&token=${token} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n` +
    'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n');
  await next(stubborn, 'data');
  assert.equal(await status(`${server.api}/readyz`), 200);
  process.kill(server.pid, 'SIGTERM');
  // A connection that was kept is closed now, perhaps just when it is used again.
  await until(async () => (await status(`${server.api}/readyz`).catch(() => 0)) === 503, 'the answer 503');
  stubborn.destroy();
  await server.stop();
});
