// SPDX-License-Identifier: MIT
// The reference server's contract (examples/reference/README.md) on Node's socket.io, so that the tests themselves
// can be checked against the implementation whose protocol they describe: ENCKE_E2E_SERVER=node npm test.

import http from 'node:http';
import { parseArgs } from 'node:util';
import { Server } from 'socket.io';
import * as parser from 'socket.io-msgpack-parser';
import { read_token } from './support.js';

const text = (fallback) => ({ type: 'string', default: fallback });
const { values: flags } = parseArgs({
  options: {
    port: text('0'),
    'ping-interval': text('25000'),
    'ping-timeout': text('20000'),
    'connect-timeout': text('45000'),
    'max-payload': text('1000000'),
    eio3: text('on'),
    auth: text('on'),
    secret: text(''),
    param: text('token'),
    claim: text('uid'),
    deflate: text('off'),
    'http-compression': text('off'),
    messagepack: text('off'),
    workers: text('1'), // accepted and ignored: Node has one
  },
});

// ---- tokens -------------------------------------------------------------------------------------------------------

const messages = {
  missing_token: 'no token was sent',
  malformed_token: 'the token is not a JSON Web Token',
  bad_signature: 'the signature does not match',
  token_expired: 'the token has expired',
  token_not_yet_valid: 'the token is not valid yet',
  invalid_user_claim: 'the token does not name a user',
};
const refuse = (code) => ({ code, message: messages[code] });

/** The user a token names, or why it is refused. */
function check(token) {
  const { claims, refused } = read_token(token, flags.secret);
  if (refused) return { refused: refuse(refused) };
  const user = claims[flags.claim];
  if (Number.isInteger(user)) return { user: String(user) };
  if (typeof user !== 'string' || user === '') return { refused: refuse('invalid_user_claim') };
  return { user };
}

/** The token of an HTTP request: query, cookie, Authorization, in this order. */
function token_in(request) {
  const query = new URL(request.url, 'http://host').searchParams.get(flags.param);
  if (query) return query;
  for (const cookie of (request.headers.cookie ?? '').split(/;\s*/)) {
    const [name, ...value] = cookie.split('=');
    if (name === flags.param && value.length) return decodeURIComponent(value.join('='));
  }
  return request.headers.authorization?.match(/^bearer\s+(\S+)$/i)?.[1];
}

// ---- at the HTTP door ---------------------------------------------------------------------------------------------

const by_http = new WeakMap(); // request -> { user }

/** Null if the request may go on; else what to answer with status 401. */
function refused_at_door(request) {
  const url = new URL(request.url, 'http://host');
  if (flags.auth === 'off' || !url.pathname.startsWith('/socket.io/') || url.searchParams.has('sid')) return null;
  const token = token_in(request);
  if (!token) return null;
  const { user, refused } = check(token);
  if (user) by_http.set(request, { user });
  return refused ?? null;
}

const server = http.createServer();
const io = new Server(server, {
  pingInterval: Number(flags['ping-interval']),
  pingTimeout: Number(flags['ping-timeout']),
  connectTimeout: Number(flags['connect-timeout']),
  maxHttpBufferSize: Number(flags['max-payload']),
  allowEIO3: flags.eio3 === 'on',
  perMessageDeflate: flags.deflate === 'on' && { threshold: 1024 },
  httpCompression: flags['http-compression'] === 'on' && { threshold: 1024 },
  ...(flags.messagepack === 'on' && { parser: parser.default }),
});
for (const event of ['request', 'upgrade']) {
  const inner = server.listeners(event);
  server.removeAllListeners(event);
  server.on(event, (request, answer, ...rest) => {
    const refused = refused_at_door(request);
    if (!refused) return inner.forEach((listener) => listener.call(server, request, answer, ...rest));
    const body = JSON.stringify(refused);
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
    if (event === 'request') return answer.writeHead(401, headers).end(body);
    const lines = Object.entries({ ...headers, Connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
    answer.end(`HTTP/1.1 401 Unauthorized\r\n${lines.join('')}\r\n${body}`);
  });
}

// ---- namespaces ---------------------------------------------------------------------------------------------------

function admit(socket, next) {
  if (flags.auth === 'off') return next();
  const known = by_http.get(socket.request);
  const token = socket.handshake.auth?.[flags.param];
  const { user, refused } = known ?? (token ? check(String(token)) : { refused: refuse('missing_token') });
  if (refused) return next(Object.assign(new Error(refused.message), { data: refused }));
  socket.data.user = user;
  next();
}

function serve(nsp) {
  nsp.on('connection', (socket) => {
    socket.join('house');
    if (socket.data.user) socket.join(socket.data.user);
    socket.on('echo', (...args) => socket.emit('echo', ...args));
    socket.on('echo-ack', (...args) => args.pop()(...args));
    socket.on('shout', (...args) => nsp.to('house').emit('shout', ...args));
    socket.on('tell', (room, json) => nsp.to(room).emit('tell', json));
    socket.on('kick', () => socket.disconnect(true));
    socket.on('debug', (...args) => console.log('debug', ...args));
    socket.on('ask', (...args) => {
      socket.timeout(5000).emit('question', ...args, (error, ...answer) => error || socket.emit('answer', ...answer));
    });
  });
}

io.of('/').use(admit);
serve(io.of('/'));
serve(io.of('/chat'));

process.on('SIGTERM', () => {
  io.close(() => process.exit(0));
  server.closeIdleConnections();
});
server.listen(Number(flags.port), '127.0.0.1', () => console.log(`listening on 127.0.0.1:${server.address().port}`));
