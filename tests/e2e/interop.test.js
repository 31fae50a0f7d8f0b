// SPDX-License-Identifier: MIT
// Backends in other languages: what their JSON writers make, and the client that openapi-python-client makes of
// docs/openapi.yaml. Needs PyPI, and is run by `./dev interop` only; a language that is not here is skipped by name.

import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { SECRET, connect, good_token, newest, next, start_gateway, transports } from './support.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(here, '../..');
const made = path.join(root, 'build/interop');

let gateway;
before(async () => {
  gateway = await start_gateway({ secret: SECRET });
});
after(() => gateway?.stop());

async function sign_in(t, user) {
  const socket = await connect(newest, transports[1], gateway.url, { auth: { token: good_token(user, 'sub') } });
  t.after(() => socket.close());
  return socket;
}

const writers = { python3: ['body.py'], node: ['body.js'], go: ['run', 'body.go'], php: ['body.php'], ruby: ['body.rb'] };
const is_here = (program) => !spawnSync(program, ['--version']).error;

for (const [program, args] of Object.entries(writers))
  test(`a body that ${program} writes is delivered`, { skip: !is_here(program) && `there is no ${program}` }, async (t) => {
    const socket = await sign_in(t, '42');
    const heard = next(socket, 'order');
    const body = execFileSync(program, args, { cwd: path.join(here, 'interop'), timeout: 120_000 });
    const reply = await fetch(`${gateway.api}/v1/emit`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    assert.deepEqual([reply.status, await reply.json()], [200, { ok: true, sockets: 1 }]);
    assert.deepEqual(await heard, ['<b> & €😀\u2028\0/', 1e21, 0.1, null, { deep: [true, {}] }]);
  });

/** The generator in an environment of its own, or the reason why there is none. */
function install_generator() {
  const program = path.join(made, 'python/bin/openapi-python-client');
  if (existsSync(program)) return undefined;
  mkdirSync(made, { recursive: true });
  for (const [command, ...args] of [
    ['python3', '-m', 'venv', path.join(made, 'python')],
    [path.join(made, 'python/bin/pip'), 'install', '--quiet', '--disable-pip-version-check', 'openapi-python-client>=0.24'],
  ]) {
    const { error, status, stderr } = spawnSync(command, args, { timeout: 300_000, encoding: 'utf8' });
    if (error || status !== 0) return `${path.basename(command)} ${args[0]}: ${error ?? stderr.trim().split('\n').pop()}`;
  }
  return undefined;
}

/** Like execFileSync, while this process goes on. */
async function output_of(command, args, env) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  for await (const piece of child.stdout) text += piece;
  return text;
}

test('a client for Python is made of openapi.yaml, whole, and talks to the gateway', async (t) => {
  const why_not = install_generator();
  if (why_not) return t.skip(why_not);
  const bin = path.join(made, 'python/bin');
  const client = path.join(made, 'client');
  const { stdout, stderr } = spawnSync(path.join(bin, 'openapi-python-client'), ['generate', '--path', path.join(root, 'docs/openapi.yaml'), '--output-path', client, '--overwrite'],
    { encoding: 'utf8', env: { ...process.env, PATH: `${bin}:${process.env.PATH}` } });
  const left_out = `${stdout}\n${stderr}`.split('\n').filter((line) => /^WARNING|^Unable|^Unsupported|will not be generated/.test(line));
  assert.deepEqual(left_out, ['WARNING parsing POST /v1/emit within calls.', 'Unsupported content type application/x-ndjson'], 'all but batches');
  const socket = await sign_in(t, 'pia');
  socket.on('vote', (answer) => answer('yes'));
  const heard = next(socket, 'order');
  const got = await output_of(path.join(bin, 'python'), [path.join(here, 'interop/backend.py'), gateway.api], { PYTHONPATH: client });
  assert.deepEqual(JSON.parse(got), { sockets: 1, votes: ['yes'], moved: [true, true], rooms: 1, users: ['pia'], refused: 'invalid_request', kicked: 1 });
  assert.deepEqual(await heard, [{ id: 17 }]);
});
