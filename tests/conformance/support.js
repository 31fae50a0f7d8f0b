// SPDX-License-Identifier: MIT
// What every conformance test shares: the servers, plain HTTP down to the byte, WebSockets whose messages wait to be
// asked for, and Engine.IO sessions on both. Nothing here asserts what a server should do.

import { createRequire } from 'node:module';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Process, WAIT, within } from '../e2e/support.js';

const here = path.dirname(fileURLToPath(import.meta.url));
export const { WebSocket } = createRequire(path.join(here, '../e2e/package.json'))('ws');
const build = path.resolve(path.join(here, '../e2e'), process.env.ENCKE_BUILD ?? '../../build/dev');

export const RS = '\x1e'; // between the packets of a v4 payload
export { within, until } from '../e2e/support.js';

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Long enough that no heartbeat interferes, unless a test brings its own. */
const calm = [['--ping-interval', '25000'], ['--ping-timeout', '20000']];
const patient = [...calm, ['--connect-timeout', '20000']];

async function start(program, root, args) {
  const running = await Process.start(path.join(build, 'conformance', program), args, {
    port: /listening on 127\.0\.0\.1:(\d+)/,
  });
  return new Server(running, Number(running.addresses.port), root);
}

const unless_given = (given, defaults) => defaults.flatMap(([flag, value]) => (given.includes(flag) ? [] : [flag, value]));
export const start_echo = (...args) => start('eio_echo', '/engine.io/', [...unless_given(args, calm), ...args]);
export const start_ws_echo = (...args) => start('ws_echo', '/', args);
export const start_suite = (...args) => start('sio_suite', '/socket.io/', [...unless_given(args, patient), ...args]);

// ---- HTTP ---------------------------------------------------------------------------------------------------------

/**
 * One request on its own connection. Resolves with { status, headers, text, bytes }; `.sent` settles when the request
 * has left, `.abort()` cuts the connection.
 */
function request(port, target, { method = 'GET', headers = {}, body } = {}) {
  const asked = http.request({ host: '127.0.0.1', port, method, headers, path: target, agent: false });
  const sent = new Promise((resolve) => asked.once('finish', resolve));
  const answer = new Promise((resolve, reject) => {
    asked.on('error', reject);
    asked.once('response', (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(parts);
        resolve({ status: response.statusCode, headers: response.headers, bytes, text: bytes.toString() });
      });
    });
  });
  asked.end(body);
  return Object.assign(within(answer, `answer to ${method} ${target}`), { sent, abort: () => asked.destroy() });
}

/** A TCP connection for what no HTTP client would send. */
export class Raw {
  #socket;
  #received = Buffer.alloc(0);
  #wake = () => {};
  ended = false;

  static async to(port) {
    const self = new Raw();
    self.#socket = net.connect(port, '127.0.0.1');
    self.#socket.setNoDelay(true);
    self.#socket.on('data', (part) => {
      self.#received = Buffer.concat([self.#received, part]);
      self.#wake();
    });
    for (const over of ['end', 'error', 'close'])
      self.#socket.on(over, () => {
        self.ended = true;
        self.#wake();
      });
    await within(new Promise((resolve) => self.#socket.once('connect', resolve)), 'connection');
    return self;
  }

  send(bytes) {
    this.#socket.write(bytes);
    return this;
  }

  close() {
    this.#socket.destroy();
  }

  /** Takes what `taken(bytes)` says it needs: a number of bytes, or undefined while there is not enough. */
  #take(taken, what) {
    const arrived = new Promise((resolve, reject) => {
      this.#wake = () => {
        const size = taken(this.#received);
        if (size !== undefined) {
          this.#wake = () => {};
          const bytes = this.#received.subarray(0, size);
          this.#received = this.#received.subarray(size);
          resolve(bytes);
        } else if (this.ended) {
          reject(new Error(`the connection ended, no ${what}; got ${JSON.stringify(this.#received.toString('latin1'))}`));
        }
      };
      this.#wake();
    });
    return within(arrived, what);
  }

  /** Bytes that have arrived and were not taken. */
  get waiting() {
    return this.#received.length;
  }

  bytes(count) {
    return this.#take((all) => (all.length >= count ? count : undefined), `${count} bytes`);
  }

  /** The next HTTP answer: { status, head, headers, text, bytes }. */
  async response() {
    const head = (await this.#take((all) => {
      const end = all.indexOf('\r\n\r\n');
      return end < 0 ? undefined : end + 4;
    }, 'head of an answer')).toString('latin1');
    const headers = Object.fromEntries(
      head.split('\r\n').slice(1).filter(Boolean).map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    const bytes = await this.bytes(Number(headers['content-length'] ?? 0));
    return { status: Number(head.slice(9, 12)), head, headers, bytes, text: bytes.toString() };
  }

  /** Settles when the server has closed; resolves with what came before that. */
  async end() {
    const over = new Promise((resolve) => {
      this.#wake = () => this.ended && resolve();
      this.#wake();
    });
    await within(over, 'end of the connection');
    return this.#received.toString('latin1');
  }
}

// ---- WebSocket ----------------------------------------------------------------------------------------------------

/** Messages and the close in the order they came; a text message is a string, a binary one a Buffer. */
export class Socket {
  #queue = [];
  #wake = () => {};

  constructor(url, { protocols = [], headers = {} } = {}) {
    this.ws = new WebSocket(url, protocols, { headers });
    this.opened = new Promise((resolve) => this.ws.once('open', () => resolve(true)));
    this.refused = new Promise((resolve) => {
      this.ws.once('unexpected-response', (_, response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('end', () =>
          resolve({ status: response.statusCode, headers: response.headers, text: Buffer.concat(parts).toString() }),
        );
      });
    });
    this.ws.once('upgrade', (response) => (this.answer = response));
    this.ws.on('message', (data, binary) => this.#put(binary ? data : data.toString()));
    this.ws.on('close', (code, reason) => this.#put({ closed: code, reason: reason.toString() }));
    this.ws.on('error', (error) => (this.error = error));
  }

  #put(one) {
    this.#queue.push(one);
    this.#wake();
  }

  /** The next message, or { closed, reason }. */
  next(what = 'message') {
    const arrived = new Promise((resolve) => {
      this.#wake = () => {
        if (this.#queue.length === 0) return;
        this.#wake = () => {};
        resolve(this.#queue.shift());
      };
      this.#wake();
    });
    return within(arrived, what);
  }

  /** Skips messages; resolves with { closed, reason }. */
  async closed() {
    for (;;) {
      const one = await this.next('close of a WebSocket');
      if (one.closed !== undefined) return one;
    }
  }

  async open() {
    await within(this.opened, 'open WebSocket');
    return this;
  }

  send(...messages) {
    for (const one of messages) this.ws.send(one);
    return this;
  }

  close() {
    this.ws.terminate();
  }
}

// ---- Engine.IO ----------------------------------------------------------------------------------------------------

export class Server {
  #process;

  constructor(running, port, root) {
    Object.assign(this, { port, root });
    this.#process = running;
  }

  stop() {
    return this.#process.stop();
  }
  get process() {
    return this.#process;
  }

  /** A request below the Engine.IO path; `query` with or without the question mark. */
  ask(query = '', options = {}) {
    return request(this.port, this.root + (query && !query.startsWith('?') ? '?' : '') + query, options);
  }
  /** A request for any target. */
  plain(target, options = {}) {
    return request(this.port, target, options);
  }
  socket(query, options) {
    return new Socket(`ws://127.0.0.1:${this.port}${this.root}?${query}`, options);
  }
  raw() {
    return Raw.to(this.port);
  }

  /** A polling session of v4. */
  async polling(more = '', options = {}) {
    const answer = await this.ask(`EIO=4&transport=polling${more}`, options);
    return new Polling(this, 'EIO=4&transport=polling', answer, JSON.parse(answer.text.slice(1)));
  }
  /** A polling session of v3. */
  async polling3(more = '', options = {}) {
    const answer = await this.ask(`EIO=3&transport=polling${more}`, options);
    return new Polling(this, 'EIO=3&transport=polling', answer, JSON.parse(answer.text.slice(answer.text.indexOf('{'))));
  }
  /** A Socket.IO connection by WebSocket that has joined "/": the id there is in `.id`. */
  async joined() {
    const socket = await this.websocket();
    socket.id = JSON.parse((await socket.send('40').next('CONNECT')).slice(2)).sid;
    await socket.next('"auth"');
    return socket;
  }
  /** A WebSocket session, its open packet taken. */
  async websocket(more = '', { eio = 4, ...options } = {}) {
    const socket = this.socket(`EIO=${eio}&transport=websocket${more}`, options);
    socket.handshake = JSON.parse((await socket.next('open packet')).slice(1));
    return socket;
  }
}

class Polling {
  constructor(server, query, answer, handshake) {
    Object.assign(this, { server, query: `${query}&sid=${handshake.sid}`, answer, handshake, sid: handshake.sid });
  }

  get(options) {
    return this.server.ask(this.query, options);
  }
  post(body, { headers = {}, ...options } = {}) {
    const type = { 'Content-Type': 'text/plain;charset=UTF-8' };
    return this.server.ask(this.query, { method: 'POST', body, headers: { ...type, ...headers }, ...options });
  }
  /** A GET that the server has taken and holds. */
  async hold(query = '') {
    const held = this.server.ask(this.query + query);
    held.catch(() => {});
    await held.sent;
    await this.settle();
    return { answer: held };
  }
  /** When this settles the server has seen all that was sent before. */
  async settle() {
    await this.server.ask('EIO=4');
    await this.server.ask('EIO=4');
  }
  /** A WebSocket with this session's sid. */
  probe(options) {
    return this.server.socket(`${this.query.replace('polling', 'websocket')}`, options);
  }
  /** A finished upgrade. */
  async upgrade() {
    const socket = await this.probe().open();
    socket.send('2probe');
    await socket.next('3probe');
    socket.send('5');
    await this.settle();
    return socket;
  }
}

export const unknown_sid = { status: 400, text: '{"code":1,"message":"Session ID unknown"}' };
export const said = ({ status, text }) => ({ status, text });
export const wait = WAIT;
