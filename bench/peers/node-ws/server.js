// SPDX-License-Identifier: MIT
// The benchmark application on socket.io for Node: what every server of these benchmarks does, see ../README.md.
// `--engine eiows` takes that package in place of `ws`; `--modules` is the folder whose node_modules are used. The key of
// the tokens is made once; with `--key text` jsonwebtoken gets a string, as its own examples do, and makes one each time.

const { createSecretKey } = require('node:crypto');
const http = require('node:http');
const { createRequire } = require('node:module');
const path = require('node:path');
const { parseArgs } = require('node:util');

const { values: flags } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    secret: { type: 'string' },
    'ping-interval': { type: 'string', default: '25000' },
    'ping-timeout': { type: 'string', default: '20000' },
    modules: { type: 'string', default: __dirname },
    engine: { type: 'string', default: 'ws' },
    key: { type: 'string', default: 'object' },
  },
});
const installed = createRequire(path.resolve(flags.modules, 'package.json'));
const { Server } = installed('socket.io');
const jwt = installed('jsonwebtoken');
const key = flags.key === 'text' ? flags.secret : createSecretKey(Buffer.from(flags.secret));

function user_of(token) {
  const { uid } = jwt.verify(token ?? '', key, { algorithms: ['HS256'] });
  if (typeof uid !== 'string' || uid === '') throw new Error('no user');
  return uid;
}

function refuse(request, response) {
  if (response instanceof http.ServerResponse) response.writeHead(401, { 'Content-Length': 0 }).end();
  else request.socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
}

function publish(request, response) {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const { room, event, data } = JSON.parse(Buffer.concat(chunks));
    io.to(room).emit(event, data);
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 2 }).end('{}');
  });
}

const server = http.createServer((request, response) => {
  if (request.method === 'POST' && request.url === '/publish') return publish(request, response);
  response.writeHead(404, { 'Content-Length': 0 }).end();
});
const io = new Server(server, {
  pingInterval: Number(flags['ping-interval']),
  pingTimeout: Number(flags['ping-timeout']),
  serveClient: false,
  ...(flags.engine !== 'ws' && { wsEngine: installed(flags.engine).Server }),
});

io.engine.use((request, response, next) => {
  if (request._query.sid !== undefined) return next();
  try {
    request.user = user_of(request._query.token);
  } catch {
    return refuse(request, response);
  }
  next();
});

io.on('connection', (socket) => {
  socket.join([socket.request.user, 'house']);
  socket.on('echo-ack', (...args) => args.pop()(...args));
  socket.on('echo', (...args) => socket.emit('echo', ...args));
  socket.on('shout', (...args) => io.to('house').emit('shout', ...args));
  socket.on('tell', (room, ...args) => io.to(room).emit('tell', ...args));
});

process.on('SIGTERM', () => process.exit(0));
server.listen(Number(flags.port), '127.0.0.1', 4096, () => {
  console.log(`listening on 127.0.0.1:${server.address().port}`);
});
