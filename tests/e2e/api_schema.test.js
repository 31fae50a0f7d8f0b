// SPDX-License-Identifier: MIT
// docs/openapi.yaml and the gateway agree: what one refuses, the other does; and a client for TypeScript that is made of
// it compiles, and gets from the gateway what its types promise.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { SECRET, connect, good_token, newest, next, start_gateway, transports } from './support.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const document_file = path.join(here, '../../docs/openapi.yaml');
const api = parse(readFileSync(document_file, 'utf8'));

let gateway;
before(async () => {
  gateway = await start_gateway({ secret: SECRET });
});
after(() => gateway?.stop());

/** Compiles a schema of the document, given by its place in it. */
function validator(reference) {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'document', components: api.components });
  return ajv.compile({ $ref: `document${reference}` });
}

const to_all = { all: true, event: 'e' };
const long = 'x'.repeat(1025);

// What each call takes and refuses. Names of namespaces are not here: only the server knows them.
const bodies = {
  '/v1/emit': {
    good: [
      to_all,
      { users: ['a'], event: 'e', args: [] },
      { users: [42, -1, 'a'], rooms: [7], event: 'e' },
      { users: ['a'], rooms: [], sockets: [], all: false, event: 'e' },
      { all: true, users: [], event: 'e' },
      { ...to_all, except: { users: [1], rooms: ['b'], sockets: ['c'] }, lossy: true, namespace: '/' },
      { ...to_all, except: {} },
      { ...to_all, event: '€'.repeat(1024) },
      { ...to_all, args: [null, 1e300, 'x', [[{ a: { $binary: 'AAE=' } }]], { $binary: '-_8' }, { $binary: '' }] },
      { ...to_all, args: [{ $literal: { $binary: 5, x: [{ $literal: 1, y: 2 }] } }, { $binaries: 1 }] },
      { ...to_all, args: [{ _placeholder: true, num: 0 }] },
      { ...to_all, args: [{ $binary: 'AA\r\nE=\n' }] },
    ],
    bad: [
      {},
      { event: 'e' },
      { users: [], event: 'e' },
      { all: false, event: 'e' },
      { except: { users: ['a'] }, event: 'e' },
      { all: true, users: ['a'], event: 'e' },
      { all: 'yes', event: 'e' },
      { all: true },
      { ...to_all, event: '' },
      { ...to_all, event: 5 },
      { ...to_all, event: long },
      ...['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'].map((event) => ({ ...to_all, event })),
      { ...to_all, data: [] },
      { ...to_all, lossy: 1 },
      { ...to_all, args: {} },
      { ...to_all, args: 'x' },
      { ...to_all, args: [{ $binary: '*' }] },
      { ...to_all, args: [{ $binary: 5 }] },
      { ...to_all, args: [[{ a: { $binary: '', more: 1 } }]] },
      { ...to_all, args: [{ $literal: 1, more: 1 }] },
      { users: 'a', event: 'e' },
      { users: [''], event: 'e' },
      { users: [4.5], event: 'e' },
      { users: [null], event: 'e' },
      { sockets: [5], event: 'e' },
      { ...to_all, except: [] },
      { ...to_all, except: { user: ['a'] } },
      { ...to_all, except: { users: [{}] } },
      { ...to_all, namespace: '' },
      { ...to_all, namespace: 5 },
      { ...to_all, timeout_ms: 5 },
      [],
      'text',
    ],
  },
  '/v1/emit-with-ack': {
    good: [{ ...to_all, timeout_ms: 1 }, { ...to_all, timeout_ms: 30000 }, { users: ['a'], event: 'e', args: [1] }],
    bad: [{ ...to_all, timeout_ms: 0 }, { ...to_all, timeout_ms: 30001 }, { ...to_all, timeout_ms: 1.5 }, { ...to_all, lossy: true }, { event: 'e' }],
  },
  '/v1/join': {
    good: [{ all: true, join: ['staff', 17] }],
    bad: [{ all: true }, { all: true, join: [] }, { all: true, join: [''] }, { all: true, join: 'staff' }, { join: ['staff'] }, { all: true, join: ['a'], leave: ['a'] }],
  },
  '/v1/leave': {
    good: [{ all: true, leave: ['staff'] }, { all: true, join: ['staff'] }],
    bad: [{ all: true }, { all: true, leave: [] }, { all: true, join: ['a'], leave: ['a'] }, { leave: ['a'] }],
  },
  '/v1/disconnect': {
    good: [{ users: ['nobody'] }, { users: ['nobody'], reason: 'x', notify: 'bye', close: false }],
    bad: [{}, { all: true, reason: '' }, { all: true, reason: long }, { all: true, notify: 'connect' }, { all: true, notify: '' }, { all: true, close: 1 }, { all: true, event: 'bye' }],
  },
};

async function post(route, body) {
  const headers = { 'Content-Type': 'application/json' };
  const reply = await fetch(gateway.api + route, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: reply.status, body: await reply.json() };
}

for (const [route, { good, bad }] of Object.entries(bodies))
  test(`the schema of ${route} takes what the gateway takes, and refuses what it refuses`, async () => {
    const operation = api.paths[route].post;
    const is_valid = validator(operation.requestBody.content['application/json'].schema.$ref);
    const answer = operation.responses['200'].content?.['application/json'].schema ?? api.components.responses.Done.content['application/json'].schema;
    const ajv = new Ajv({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'document', components: api.components });
    const is_answer = ajv.compile(JSON.parse(JSON.stringify(answer).replaceAll('"#/', '"document#/')));
    for (const body of good) {
      assert.ok(is_valid(body), `${JSON.stringify(body)}: ${JSON.stringify(is_valid.errors)}`);
      const said = await post(route, body);
      assert.equal(said.status, 200, `${JSON.stringify(body)}: ${JSON.stringify(said.body)}`);
      assert.ok(is_answer(said.body), `${JSON.stringify(said.body)}: ${JSON.stringify(is_answer.errors)}`);
    }
    for (const body of bad) {
      assert.ok(!is_valid(body), `the schema takes ${JSON.stringify(body).slice(0, 200)}`);
      const said = await post(route, body);
      assert.equal(said.status, 400, `${JSON.stringify(body).slice(0, 200)}: ${JSON.stringify(said.body)}`);
      assert.ok(validator('#/components/schemas/Problem')(said.body), JSON.stringify(said.body));
    }
  });

test('a client for TypeScript is made of it, compiles, and talks to the gateway', async (t) => {
  const folder = path.join(here, 'artifacts/typescript');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const run = (program, ...args) => execFileSync(process.execPath, [path.join(here, 'node_modules', program), ...args], { cwd: here, encoding: 'utf8' });
  run('openapi-typescript/bin/cli.js', document_file, '-o', path.join(folder, 'encke.d.ts'));
  try {
    run('typescript/bin/tsc', '--strict', '--target', 'es2022', '--module', 'nodenext', '--lib', 'es2022,dom', '--skipLibCheck', '--rootDir', here, '--outDir', folder, 'api_client.ts');
  } catch (failed) {
    assert.fail(failed.stdout);
  }
  const socket = await connect(newest, transports[1], gateway.url, { auth: { token: good_token('tess', 'sub') } });
  t.after(() => socket.close());
  const { use_api } = await import(path.join(folder, 'api_client.js'));
  const heard = next(socket, 'order');
  socket.on('vote', (_, answer) => answer('yes'));
  assert.deepEqual(await use_api(gateway.api), { sockets: 1, votes: ['yes'], rooms: 1, kicked: 1, refused: 'invalid_request' });
  assert.deepEqual(await heard, [{ id: 17 }]);
});
