// SPDX-License-Identifier: MIT
// What every end-to-end test shares: bounded waiting, tokens, server processes, a TCP proxy that can cut
// connections, and the official clients by version. Nothing here asserts; nothing here sleeps.

import { spawn } from 'node:child_process';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';

const require = createRequire(import.meta.url);
export const here = path.dirname(fileURLToPath(import.meta.url));
export const artifacts = path.join(here, 'artifacts');

export const SECRET = 'end-to-end-tests-only-0123456789abcdef';
export const WAIT = Number(process.env.ENCKE_E2E_WAIT ?? 8000);

// ---- waiting ------------------------------------------------------------------------------------------------------

/** Settles like `promise`, or rejects after `ms` with a sentence that says what never came. */
export function within(promise, what, ms = WAIT) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no ${what} within ${ms} ms`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** The arguments of the next `event` of `emitter` (any of the client generations' emitters, or Node's). */
export function next(emitter, event, ms = WAIT) {
  let listener;
  const seen = new Promise((resolve) => {
    listener = (...args) => resolve(args);
    emitter.on(event, listener);
  });
  return within(seen, `"${event}"`, ms).finally(() => (emitter.off ?? emitter.removeListener).call(emitter, event, listener));
}

/** Calls `probe` until it returns something truthy; for state that announces itself by no event. */
export async function until(probe, what, ms = WAIT) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`${what}: not so within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Emits and resolves with the arguments of the ack. */
export function ask(socket, event, ...args) {
  return within(new Promise((resolve) => socket.emit(event, ...args, (...answer) => resolve(answer))), `ack of "${event}"`);
}

// ---- tokens -------------------------------------------------------------------------------------------------------

const b64 = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A compact JWS; `key` and `header` can be wrong on purpose. */
export function mint(claims, { key = SECRET, header = { alg: 'HS256', typ: 'JWT' } } = {}) {
  const head = `${b64(header)}.${b64(claims)}`;
  return `${head}.${createHmac('sha256', key).update(head).digest('base64url')}`;
}

/** What the Node servers of these tests make of a token: { claims }, or { refused: code }. */
export function read_token(token, key, leeway = 30) {
  const parts = token.split('.');
  if (parts.length !== 3) return { refused: 'malformed_token' };
  let header, claims;
  try {
    [header, claims] = parts.slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
  } catch {
    return { refused: 'malformed_token' };
  }
  if (header?.alg !== 'HS256' || !claims || typeof claims !== 'object') return { refused: 'malformed_token' };
  const wanted = createHmac('sha256', key).update(`${parts[0]}.${parts[1]}`).digest();
  const given = Buffer.from(parts[2], 'base64url');
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return { refused: 'bad_signature' };
  const now = Date.now() / 1000;
  if (typeof claims.exp === 'number' && claims.exp <= now - leeway) return { refused: 'token_expired' };
  if (typeof claims.nbf === 'number' && claims.nbf > now + leeway) return { refused: 'token_not_yet_valid' };
  return { claims };
}

export const in_an_hour = () => Math.floor(Date.now() / 1000) + 3600;
export const an_hour_ago = () => Math.floor(Date.now() / 1000) - 3600;
export const good_token = (user = 'alice', claim = 'uid') => mint({ [claim]: user, exp: in_an_hour() });

/** A token for each reason a reference server can refuse one. */
export const bad_tokens = (claim = 'uid') => ({
  malformed_token: 'not.a-token',
  bad_signature: mint({ [claim]: 'alice', exp: in_an_hour() }, { key: `${SECRET}-another` }),
  token_expired: mint({ [claim]: 'alice', exp: an_hour_ago() }),
  token_not_yet_valid: mint({ [claim]: 'alice', nbf: in_an_hour(), exp: in_an_hour() + 3600 }),
  invalid_user_claim: mint({ [claim]: { not: 'a name' }, exp: in_an_hour() }),
});

// ---- server processes ---------------------------------------------------------------------------------------------

/** A child process that says on stdout where it listens. `addresses` maps a name to a line pattern with one group. */
export class Process {
  #child;
  #output = '';
  #exit;

  static async start(command, args, patterns, { env = {}, ms = 15000, cwd } = {}) {
    const self = new Process();
    self.#child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env }, cwd });
    running.add(self.#child);
    const keep = (chunk) => {
      self.#output = (self.#output + chunk).slice(-200000);
    };
    self.#child.stdout.on('data', keep);
    self.#child.stderr.on('data', keep);
    self.#exit = new Promise((resolve) => {
      self.#child.once('error', (error) => resolve({ error }));
      self.#child.once('exit', (code, signal) => resolve({ code, signal }));
    }).then((how) => {
      running.delete(self.#child);
      self.ended = how;
      return how;
    });
    self.addresses = {};
    try {
      await until(() => {
        if (self.ended) throw new Error(`${command} ended before it listened: ${JSON.stringify(self.ended)}`);
        for (const [name, pattern] of Object.entries(patterns)) {
          const match = self.#output.match(pattern);
          if (match) self.addresses[name] = match[1];
        }
        return Object.keys(patterns).every((name) => name in self.addresses);
      }, `${command} to listen`, ms);
    } catch (error) {
      self.#child.kill('SIGKILL');
      error.message += `\n${self.#output}`;
      throw error;
    }
    return self;
  }

  get output() {
    return this.#output;
  }

  get pid() {
    return this.#child.pid;
  }

  /** Asks it to leave; kills it and throws if it does not leave in time or leaves badly. */
  async stop(signal = 'SIGTERM', ms = 10000) {
    if (!this.ended) this.#child.kill(signal);
    let how;
    try {
      how = await within(this.#exit, `exit after ${signal}`, ms);
    } catch (error) {
      this.#child.kill('SIGKILL');
      error.message += `\n${this.#output.slice(-4000)}`;
      throw error;
    }
    if (signal === 'SIGTERM' && how.code !== 0)
      throw new Error(`exit after SIGTERM was ${JSON.stringify(how)}\n${this.#output.slice(-4000)}`);
  }
}

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export const against_node = process.env.ENCKE_E2E_SERVER === 'node';
const reference = path.resolve(here, process.env.ENCKE_REFERENCE ?? '../../build/dev/examples/reference');
const defaults = {
  port: 0,
  'ping-interval': 2000,
  'ping-timeout': 4000,
  'connect-timeout': 4000,
  'max-payload': 1000000,
  eio3: 'on',
  auth: 'on',
  secret: SECRET,
  param: 'token',
  claim: 'uid',
  workers: 2,
};

/** A reference server: ours, or Node's with ENCKE_E2E_SERVER=node. `options` are its flags without the dashes. */
export async function start_reference(options = {}) {
  const flags = Object.entries({ ...defaults, ...options }).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const [command, args] = against_node ? [process.execPath, [path.join(here, 'node_reference.js'), ...flags]] : [reference, flags];
  const server = await Process.start(command, args, { port: /listening on 127\.0\.0\.1:(\d+)/ });
  server.port = Number(server.addresses.port);
  server.url = `http://127.0.0.1:${server.port}`;
  return server;
}

const example = (name) => path.resolve(here, process.env.ENCKE_EXAMPLES ?? '../../build/dev/examples', name);

/** Whether it was built: one needs a library that may be missing. */
export const has_example = (name) => existsSync(example(name));

/** A program of examples/, run at the root of the repository. */
export async function start_example(name, patterns = {}) {
  const cwd = path.resolve(here, '../..');
  const server = await Process.start(example(name), ['--port', '0'], { port: /127\.0\.0\.1:(\d+)/, ...patterns }, { cwd });
  server.url = `http://127.0.0.1:${server.addresses.port}`;
  return server;
}

export const gateway = path.resolve(here, process.env.ENCKE_GATEWAY ?? '../../build/dev/encke');

/** The gateway's development run, with a state directory of its own; Node's stand-in with ENCKE_E2E_SERVER=node. */
export async function start_gateway({ secret, listen = '127.0.0.1:0', args: more = [] } = {}) {
  const state = mkdtempSync(path.join(tmpdir(), 'encke-e2e-'));
  const args = ['serve', '--dev', '--state-dir', state, '--listen', listen, '--api-listen', '127.0.0.1:0', ...more];
  if (secret) args.push('--secret', secret);
  const [command, all] = against_node ? [process.execPath, [path.join(here, 'node_gateway.js'), ...args]] : [gateway, args];
  const patterns = { url: /^listening on (http:\/\/127\.0\.0\.1:\d+)\s*$/m, api: /^api on (http:\/\/127\.0\.0\.1:\d+)\s*$/m, page: /^open (http:\S+)\s*$/m };
  const forget = () => rmSync(state, { recursive: true, force: true });
  const server = await Process.start(command, all, patterns).catch((error) => (forget(), Promise.reject(error)));
  const { url, api, page } = server.addresses;
  const stop = () => server.stop().finally(forget);
  return { url, api, page, stop, server };
}

/** A request to the gateway's API; the parsed answer, or an error with the status and the body. */
export async function call_api(base, method, route, body) {
  const headers = body === undefined ? {} : { 'Content-Type': 'application/json' };
  const response = await fetch(base + route, { method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(WAIT) });
  const text = await response.text();
  if (!response.ok) throw Object.assign(new Error(`${method} ${route}: ${response.status} ${text}`), { status: response.status, text });
  return JSON.parse(text);
}

/** What a WebSocket handshake is answered with: { status, headers, body }. */
export function upgrade(server, { query = '', headers = {} }, eio = 4) {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/socket.io/?EIO=${eio}&transport=websocket${query}`, { headers });
  return within(
    new Promise((resolve, reject) => {
      socket.on('error', reject);
      socket.on('open', () => (socket.close(), resolve({ status: 101 })));
      socket.on('unexpected-response', async (_, response) => {
        let body = '';
        for await (const chunk of response) body += chunk;
        resolve({ status: response.statusCode, headers: response.headers, body });
      });
    }),
    'answer to a WebSocket handshake',
  );
}

// ---- a proxy that can cut -----------------------------------------------------------------------------------------

/** Forwards TCP to `port`; `cut()` resets every connection there is now, new ones are let through. */
export async function start_proxy(port) {
  const pairs = new Set();
  const server = net.createServer((inner) => {
    const outer = net.connect(port, '127.0.0.1');
    const pair = [inner, outer];
    pairs.add(pair);
    for (const [from, to] of [pair, [outer, inner]]) {
      from.pipe(to);
      from.on('error', () => {});
      from.on('close', () => {
        to.destroy();
        pairs.delete(pair);
      });
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
    pairs.clear();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, cut, stop: () => (cut(), server.close()) };
}

// ---- clients ------------------------------------------------------------------------------------------------------

export const clients = ['client1', 'client2', 'client3', 'client4'].map((name) => {
  const { version } = require(`${name}/package.json`);
  const major = Number(version.split('.')[0]);
  return { name: version, major, io: require(name), eio: major >= 3 ? 4 : 3, has_auth: major >= 3 };
});
export const newest = clients.at(-1);

export const transports = [
  { name: 'polling', ends_as: 'polling', options: { transports: ['polling'], upgrade: false } },
  { name: 'websocket', ends_as: 'websocket', options: { transports: ['websocket'] } },
  { name: 'upgrade', ends_as: 'websocket', options: { transports: ['polling', 'websocket'] } },
];

const options_for_tests = {
  forceNew: true,
  multiplex: false,
  reconnectionDelay: 50,
  reconnectionDelayMax: 200,
  randomizationFactor: 0.1,
  timeout: 4000,
};

/** A client socket that may not be connected yet. */
export function open(client, transport, url, options = {}) {
  return client.io(url, { ...options_for_tests, ...transport.options, ...options });
}

/** A client socket, connected; the polling -> websocket one has finished its upgrade. */
export async function connect(client, transport, url, options = {}) {
  const socket = open(client, transport, url, options);
  try {
    await within(connected(socket), `connect of ${client.name} by ${transport.name}`);
    await settled(socket, transport);
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

function connected(socket) {
  return new Promise((resolve, reject) => {
    socket.on('connect', resolve);
    // 1.x and 2.x tell every namespace's socket that `/` refused; only its own refusal matters here.
    for (const name of socket.nsp === '/' ? ['connect_error', 'error'] : ['connect_error'])
      socket.on(name, (error) => reject(new Error(`${name}: ${error?.message ?? JSON.stringify(error)} ${status_of(error) ?? ''}`)));
  });
}

export const engine_of = (socket) => socket.io.engine;
export const transport_of = (socket) => engine_of(socket)?.transport?.name;

/** Waits until the transport is the one this kind of connection ends with. */
export const settled = (socket, transport) =>
  until(() => transport_of(socket) === transport.ends_as && !engine_of(socket).upgrading, `transport ${transport.ends_as}`);

/** How a connection was refused: the HTTP status, or the error the server sent for the namespace. */
export function refusal(socket) {
  return within(
    new Promise((resolve) => {
      socket.on('connect', () => resolve({ connected: true }));
      socket.on('connect_error', (error) => resolve({ status: status_of(error), body: body_of(error), data: error.data }));
      socket.on('error', (data) => resolve({ status: status_of(data), data })); // 1.x and 2.x: refused by the namespace
    }),
    'refusal',
  );
}

function status_of(error) {
  const found = error?.description;
  if (typeof found === 'number') return found;
  const text = [found?.message, found?.error?.message].join(' ');
  const match = text.match(/\b([45]\d\d)\b/);
  return match ? Number(match[1]) : undefined;
}

function body_of(error) {
  try {
    return JSON.parse(error.context.responseText);
  } catch {
    return undefined;
  }
}

/** Arguments as one comparable shape: every kind of binary the clients hand out becomes a Buffer. */
export function plain(value) {
  if (value instanceof ArrayBuffer) return Buffer.from(value);
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (Array.isArray(value)) return value.map(plain);
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]));
  return value;
}
