// SPDX-License-Identifier: MIT
// A stand-in for `encke serve --dev` on Node's socket.io: as much of the gateway as the inbox page and its tests need,
// so that both can be worked on, and checked, without the gateway (ENCKE_E2E_SERVER=node). It prints the same lines.

import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Server } from 'socket.io';
import { here, in_an_hour, mint, read_token } from './support.js';

const { values: flags } = parseArgs({
  args: process.argv.slice(process.argv[2] === 'serve' ? 3 : 2),
  options: {
    dev: { type: 'boolean' },
    'state-dir': { type: 'string' },
    listen: { type: 'string', default: '127.0.0.1:0' },
    'api-listen': { type: 'string', default: '127.0.0.1:0' },
    secret: { type: 'string', default: 'a-development-secret-of-the-stand-in' },
  },
});

const assets = path.resolve(here, '../../assets');
const client = path.join(path.dirname(createRequire(import.meta.url).resolve('client4/package.json')), 'dist/socket.io.min.js');
const files = {
  '/': [path.join(assets, 'index.html'), 'text/html; charset=utf-8'],
  '/app.js': [path.join(assets, 'app.js'), 'text/javascript; charset=utf-8'],
  '/style.css': [path.join(assets, 'style.css'), 'text/css; charset=utf-8'],
  '/socket.io/socket.io.min.js': [client, 'text/javascript; charset=utf-8'],
};
const policy = "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; frame-ancestors 'none'";

class Refused extends Error {
  constructor(status, code, message) {
    super(message);
    Object.assign(this, { status, code });
  }
}

function user_of(token) {
  const { claims, refused } = token ? read_token(token, flags.secret) : { refused: 'missing_token' };
  if (refused) throw new Refused(401, refused, 'the token is not accepted');
  return String(claims.sub);
}

// ---- clients ------------------------------------------------------------------------------------------------------

function token_in({ url, headers }) {
  const cookie = headers.cookie?.match(/(?:^|;\s*)token=([^;]+)/)?.[1];
  return new URL(url, 'http://host').searchParams.get('token') ?? cookie ?? headers.authorization?.replace(/^Bearer /, '');
}

const door = http.createServer();
const io = new Server(door, { serveClient: false, allowEIO3: true });
io.use((socket, next) => {
  try {
    socket.data.user = user_of(token_in(socket.request) ?? socket.handshake.auth?.token);
    next();
  } catch (error) {
    next(Object.assign(new Error(error.message), { data: { code: error.code, message: error.message } }));
  }
});
io.on('connection', (socket) => socket.join(['house', `user:${socket.data.user}`]));

function users() {
  const found = new Map();
  for (const { id, data } of io.of('/').sockets.values()) found.set(data.user, [...(found.get(data.user) ?? []), id]);
  return [...found].map(([user, sockets]) => ({ user, sockets }));
}

// ---- HTTP ---------------------------------------------------------------------------------------------------------

const rooms_of = ({ users = [], rooms = [], sockets = [] }) => [...users.map((user) => `user:${user}`), ...rooms, ...sockets];

const is_list = (value) => value === undefined || Array.isArray(value);

function target({ namespace = '/', except = {}, all, ...selectors }) {
  if (!['users', 'rooms', 'sockets'].every((name) => is_list(selectors[name]))) throw new Refused(400, 'bad_request', 'a list is wanted');
  const rooms = rooms_of(selectors);
  if (!all && rooms.length === 0) throw new Refused(400, 'no_target', 'nobody is named');
  return io.of(namespace).to(rooms).except(rooms_of(except));
}

function event_of({ event }) {
  if (typeof event !== 'string' || event === '' || event === 'connect') throw new Refused(400, 'bad_event', 'the event needs a name');
  return event;
}

const api = {
  'GET /healthz': () => ({ ok: true }),
  'GET /readyz': () => ({ ok: true }),
  'GET /v1/users': () => ({ users: users(), cursor: null }),
  'GET /v1/rooms': () => ({ rooms: [...io.of('/').adapter.rooms].map(([room, members]) => ({ room, members: members.size })) }),
  'POST /v1/emit': (body) => (target(body).emit(event_of(body), ...(body.args ?? [])), { ok: true }),
  'POST /v1/emit-with-ack': async (body) => {
    const asked = await target(body).fetchSockets();
    const answers = await Promise.allSettled(
      asked.map(({ id }) =>
        new Promise((resolve, reject) =>
          io.of('/').sockets.get(id).timeout(body.timeout_ms ?? 5000)
            .emit(body.event, ...(body.args ?? []), (error, ...args) => (error ? reject(error) : resolve({ socket: id, args }))),
        ),
      ),
    );
    return {
      answers: answers.filter(({ value }) => value).map(({ value }) => value),
      missing: asked.filter((_, i) => !answers[i].value).map(({ id }) => id),
    };
  },
  'POST /v1/join': (body) => (target(body).socketsJoin(body.join), { ok: true }),
  'POST /v1/leave': (body) => (target(body).socketsLeave(body.leave ?? body.join), { ok: true }),
  'POST /v1/disconnect': (body) => (target(body).disconnectSockets(true), { ok: true }),
};

let api_url = '';
const public_routes = {
  'GET /demo/users': (_, request) => (user_of(token_in(request)), { users: users(), api: api_url }),
  'POST /demo/push': ({ user, event, data }, request) => {
    user_of(token_in(request));
    const room = typeof user === 'string' ? `user:${user}` : 'house';
    io.to(room).emit(event_of({ event }), data);
    return { ok: true, sockets: io.of('/').adapter.rooms.get(room)?.size ?? 0 };
  },
};

async function json_of(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text === '' ? {} : JSON.parse(text);
}

const answer_from = (routes, also) => async (request, response) => {
  const { pathname } = new URL(request.url, 'http://host');
  const say = (status, value) => response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
  try {
    if (await also?.(pathname, response)) return;
    const one = pathname.match(/^\/v1\/users\/(.+)$/);
    const route = one && routes === api ? () => ({ ...users().find(({ user }) => user === decodeURIComponent(one[1])) }) : routes[`${request.method} ${pathname}`];
    if (!route) throw new Refused(404, 'not_found', 'no such route');
    say(200, await route(await json_of(request), request));
  } catch (error) {
    say(error.status ?? 400, { code: error.code ?? 'bad_request', message: error.message });
  }
};

async function static_file(pathname, response) {
  if (!(pathname in files)) return false;
  const [file, type] = files[pathname];
  const headers = { 'Content-Type': type, 'Cache-Control': 'no-store', 'Content-Security-Policy': policy, 'X-Content-Type-Options': 'nosniff' };
  response.writeHead(200, headers).end(await readFile(file));
  return true;
}

const plain = answer_from(public_routes, static_file);
const [socket_io] = door.listeners('request');
door.removeAllListeners('request');
door.on('request', (request, response) => {
  const { pathname } = new URL(request.url, 'http://host');
  if (pathname !== '/socket.io/') return plain(request, response);
  try {
    if (token_in(request)) user_of(token_in(request));
    socket_io.call(door, request, response);
  } catch ({ status, code, message }) {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ code, message }));
  }
});
const back = http.createServer(answer_from(api));

const listen = (server, address) =>
  new Promise((resolve) => server.listen(Number(address.split(':').at(-1)), '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`)));
const url = await listen(door, flags.listen);
api_url = await listen(back, flags['api-listen']);
console.log(`listening on ${url}`);
console.log(`api on ${api_url}`);
console.log(`open ${url}/?token=${mint({ sub: 'dev', exp: in_an_hour() }, { key: flags.secret })}`);
process.on('SIGTERM', () => (back.close(), back.closeAllConnections(), io.close(() => process.exit(0)), door.closeIdleConnections()));
