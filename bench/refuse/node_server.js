// SPDX-License-Identifier: MIT
// A socket.io server on Node that refuses handshakes by their token, for compare.py. With `--refuse allowRequest` it does
// so in the hook that socket.io has for it, after engine.io has looked at the request; with `--refuse request` before
// socket.io sees the request at all, which is the least that Node can do. Tokens are checked by jsonwebtoken if it is
// installed in --modules, else with node:crypto alone.

import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values: flags } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    secret: { type: 'string', default: '' },
    claim: { type: 'string', default: 'uid' },
    refuse: { type: 'string', default: 'allowRequest' },
    modules: { type: 'string', default: '' },
  },
});
const from_tests = createRequire(new URL('../../tests/e2e/package.json', import.meta.url));
const { Server } = from_tests('socket.io');

// ---- tokens ---------------------------------------------------------------------------------------------------------

const jsonwebtoken = (() => {
  try {
    return createRequire(path.resolve(flags.modules, 'package.json'))('jsonwebtoken');
  } catch {
    return null;
  }
})();

function verify_by_hand(token) {
  const [header, payload, signature] = token.split('.');
  if (!signature) throw new Error('jwt malformed');
  if (JSON.parse(Buffer.from(header, 'base64url')).alg !== 'HS256') throw new Error('invalid algorithm');
  const made = createHmac('sha256', key).update(`${header}.${payload}`).digest();
  const sent = Buffer.from(signature, 'base64url');
  if (sent.length !== made.length || !timingSafeEqual(sent, made)) throw new Error('invalid signature');
  const claims = JSON.parse(Buffer.from(payload, 'base64url'));
  const now = Date.now() / 1000;
  if (claims.exp !== undefined && claims.exp < now - 30) throw new Error('jwt expired');
  if (claims.nbf !== undefined && claims.nbf > now + 30) throw new Error('jwt not active');
  return claims;
}

const key = createSecretKey(Buffer.from(flags.secret));
const verify = jsonwebtoken
  ? (token) => jsonwebtoken.verify(token, key, { algorithms: ['HS256'], clockTolerance: 30 })
  : verify_by_hand;

function token_in(request) {
  const query = new URL(request.url, 'http://host').searchParams.get('token');
  if (query) return query;
  const cookie = request.headers.cookie?.match(/(?:^|;\s*)token=([^;]+)/)?.[1];
  return cookie ?? request.headers.authorization?.match(/^bearer\s+(\S+)$/i)?.[1];
}

/** Why a request is refused, or null. */
function refusal(request) {
  try {
    const user = verify(token_in(request) ?? '')[flags.claim];
    return typeof user === 'string' && user !== '' ? null : 'invalid user claim';
  } catch (error) {
    return error.message;
  }
}

// ---- the server -----------------------------------------------------------------------------------------------------

const server = http.createServer();
const hook = (request, answer) => {
  const why = refusal(request);
  answer(why, why === null);
};
new Server(server, { allowEIO3: true, ...(flags.refuse === 'allowRequest' && { allowRequest: hook }) });

if (flags.refuse === 'request')
  for (const event of ['request', 'upgrade']) {
    const inner = server.listeners(event);
    server.removeAllListeners(event);
    server.on(event, (request, answer, ...rest) => {
      const why = refusal(request);
      if (why === null) return inner.forEach((listener) => listener.call(server, request, answer, ...rest));
      const body = JSON.stringify({ code: 'refused', message: why });
      if (event === 'request')
        return answer.writeHead(401, { 'Content-Type': 'application/json', 'Content-Length': body.length }).end(body);
      answer.end(`HTTP/1.1 401 Unauthorized\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
    });
  }

process.on('SIGTERM', () => process.exit(0));
server.listen(Number(flags.port), '127.0.0.1', () => {
  console.log(`listening on 127.0.0.1:${server.address().port}`);
  console.log(`tokens checked by ${jsonwebtoken ? 'jsonwebtoken' : 'node:crypto'}`);
});
