// SPDX-License-Identifier: MIT
// `encke top` as its user sees it: in a terminal of its own, or printed once; keys, signals, what goes wrong.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { connect, gateway, good_token, here, newest, SECRET, start_gateway, transports } from './support.js';

let server;
let socket;

before(async () => {
  server = await start_gateway({ secret: SECRET });
  socket = await connect(newest, transports[1], server.url, { auth: { token: good_token('alice', 'sub') } });
});
after(async () => {
  socket?.close();
  await server?.stop();
});

/** { status, stdout, stderr } of a program. */
const run = (command, args, env = {}) =>
  new Promise((resolve) =>
    execFile(command, args, { env: { ...process.env, ...env } }, (error, stdout, stderr) => resolve({ status: error?.code ?? 0, stdout, stderr })));
const top = (...args) => run(gateway, ['top', '--api', server.api, ...args]);

/** What became of `encke top` in a terminal where these steps were done. */
async function in_terminal(steps, { size = '100x30', args = [], env = { LANG: 'C.UTF-8' } } = {}) {
  const all = ['--size', size, ...steps, '--', gateway, 'top', '--api', server.api, '--interval', '200ms', ...args];
  const { stdout, stderr } = await run('python3', [path.join(here, 'terminal.py'), ...all], env);
  assert.equal(stderr, '');
  return JSON.parse(stdout);
}

const entered = '\x1b[?1049h\x1b[?25l';
const left = '\x1b[?25h\x1b[?1049l';

function assert_left_well(answer, status = 0) {
  assert.equal(answer.trouble, undefined, answer.output);
  assert.equal(answer.status, status);
  assert.equal(answer.restored, true, 'the settings of the terminal');
  assert.ok(answer.output.includes(entered) && answer.output.endsWith(left), 'the screen and the cursor');
}

test('--once prints a frame of plain text', async () => {
  const { status, stdout, stderr } = await top('--once', '--interval', '200ms');
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^memory +\d[\d.]* MiB RSS/m);
  assert.match(stdout, /1 user$/m);
  assert.match(stdout, /^code +\d[\d.]* MiB/m);
  assert.match(stdout, /^alice /m);
  assert.match(stdout, /in \d+\/s/, 'rates need two looks');
  assert.doesNotMatch(stdout, /\x1b| $/m);
  assert.equal((await top('--interval', '200ms')).status, 0, 'the same when the output is no terminal');
});

for (const [how, step] of [['q', 'key:q'], ['Ctrl-C', 'key:\\x03'], ['SIGTERM', 'signal:TERM'], ['SIGHUP', 'signal:HUP']])
  test(`${how} ends it, and the terminal is as it was`, async () => {
    assert_left_well(await in_terminal(['wait:PART', 'wait:alice', step]));
  });

test('keys do what they say', async () => {
  const answer = await in_terminal([
    'wait:BYTES*', 'key:s', 'wait:QUEUED*', 'key:w', 'wait:WAITING*', 'key:b', 'wait:BYTES*', 'key:t', 'wait:CONNECTIONS',
    'key:t', 'wait:ROOM', 'key:m', 'wait:marked', 'wait:SINCE MARK', 'key:p', 'wait:given back', 'key:?', 'wait:stand still', 'key:?',
    'wait:PART', 'key: ', 'wait:paused', 'key: ', 'wait:every', 'key:-', 'wait:every 400ms', 'key:+', 'wait:every 200ms',
    'key:\\x1b[A\\x1bOPt', 'wait:USER', 'key:q',
  ]);
  assert_left_well(answer);
});

/** What the cells of a terminal show of the last screen: as xterm does it, without wrapping. */
function cells_of(output, columns, rows) {
  let screen = Array.from({ length: rows }, () => Array(columns).fill(' '));
  let [row, column] = [0, 0];
  const clear_line = () => screen[row].fill(' ', column);
  const whole = output.slice(0, output.lastIndexOf('\x1b[?1049l'));
  for (const [, csi, end, text] of whole.matchAll(/\x1b\[([\d;?]*)([A-Za-z])|([^\x1b])/gsu)) {
    if (text === '\r') column = 0;
    else if (text === '\n') row = Math.min(row + 1, rows - 1);
    else if (text) {
      screen[row][column] = text;
      column = Math.min(column + 1, columns - 1); // behind the last cell the cursor stays on it
    } else if (end === 'H') [row, column] = [0, 0];
    else if (end === 'K') clear_line();
    else if (end === 'J' && csi === '2') screen = screen.map((line) => line.fill(' '));
    else if (end === 'J') {
      clear_line();
      for (let below = row + 1; below < rows; ++below) screen[below].fill(' ');
    }
  }
  return screen.map((line) => line.join(''));
}

for (const columns of [60, 72, 80, 110, 140])
  test(`the last column of a terminal of ${columns} is shown`, async () => {
    const answer = await in_terminal(['wait:PART', 'wait:alice', 'key:w', 'wait:WAITING*', 'wait:? help', 'key:q'], { size: `${columns}x24` });
    assert_left_well(answer);
    const screen = cells_of(answer.output, columns, 24);
    const titles = screen.find((line) => line.startsWith('USER'));
    assert.equal(titles.slice(-9), ' WAITING*'.slice(-9), screen.join('\n'));
    assert.equal(screen.find((line) => line.startsWith('alice')).slice(-2), ' -', screen.join('\n'));
    assert.match(screen.at(-1), /\? help *$/);
  });

test('a frame is as large as the window, whatever becomes of it', async () => {
  const answer = await in_terminal(['wait:PART', 'size:60x12', 'wait:PART', 'size:140x50', 'wait:OBJECTS', 'size:5x2', 'wait:\x1b[2J', 'key:q']);
  assert_left_well(answer);
});

test('Ctrl-Z gives the terminal back, and fg takes it again', async () => {
  const answer = await in_terminal(['wait:PART', 'key:\\x1a', `wait:${left}`, 'stopped:', 'signal:CONT', `wait:${entered}`, 'wait:PART', 'key:q']);
  assert_left_well(answer);
});

test('without colours there are none, and bars are ASCII where the terminal knows no more', async () => {
  const answer = await in_terminal(['wait:PART', 'wait:#', 'key:q'], { env: { NO_COLOR: '1', LANG: 'C', LC_ALL: 'C' } });
  assert_left_well(answer);
  assert.doesNotMatch(answer.output, /\x1b\[3\dm|█/);
});

test('a gateway that goes away is waited for', async (t) => {
  const other = await start_gateway();
  let gone = false;
  t.after(() => gone || other.stop());
  const watching = run('python3', [path.join(here, 'terminal.py'), 'wait:PART', `signal_to:${other.server.pid}:TERM`, 'wait:cannot reach', 'key:q',
    '--', gateway, 'top', '--api', other.api, '--interval', '200ms']);
  const answer = JSON.parse((await watching).stdout);
  gone = true;
  await other.stop();
  assert_left_well(answer);
});

test('what is wrong is said in words, with an exit code', async () => {
  const nobody = await run(gateway, ['top', '--once', '--api', '127.0.0.1:1']);
  assert.equal(nobody.status, 1);
  assert.equal(nobody.stderr, 'encke top: cannot reach http://127.0.0.1:1: Connection refused\n');
  const public_side = await run(gateway, ['top', '--once', '--api', server.url]);
  assert.equal(public_side.status, 1);
  assert.match(public_side.stderr, /is it the API of an encke gateway \(api\.listen\)\?/);
  const misspelt = await top('--sort', 'size');
  assert.equal(misspelt.status, 2);
  assert.match(misspelt.stderr, /--sort: expected one of bytes, queued, waiting/);
});
