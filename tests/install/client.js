// SPDX-License-Identifier: MIT
// An official client against tests/install/chat.cpp: node client.js PORT NODE_MODULES. Exits with 0 if all is well.
const assert = require('node:assert');
const path = require('node:path');
const [port, modules] = process.argv.slice(2);
const { io } = require(path.join(modules, 'client4'));

const connected = (options) =>
  new Promise((resolve, reject) => {
    const socket = io(`http://127.0.0.1:${port}`, { forceNew: true, reconnection: false, ...options });
    socket.on('connect', () => resolve(socket));
    socket.on('connect_error', reject);
  });

async function main() {
  const ann = await connected({ transports: ['websocket'] });
  const ben = await connected({});
  ann.on('add', (a, b, answer) => answer(a + b));
  const heard = new Promise((resolve) => ben.on('said', resolve));
  assert.strictEqual(await ann.timeout(5000).emitWithAck('name', 'ann'), 3);
  assert.strictEqual(await ann.timeout(5000).emitWithAck('say', 'hello'), 5);
  assert.deepStrictEqual(await heard, { user: 'ann', text: 'hello' });
  const many = Array.from({ length: 20 }, (_, i) => ann.timeout(5000).emitWithAck('later', i));
  assert.deepStrictEqual(await Promise.all(many), many.map((_, i) => `${i + 1} HTTP/1.1 200 OK`));
  assert.strictEqual(await ben.timeout(5000).emitWithAck('token'), 'ann');
  const left = new Promise((resolve) => ann.on('disconnect', resolve));
  ben.emit('bye');
  await left;
  ben.close();
}

const late = setTimeout(() => { console.error('took too long'); process.exit(1); }, 20000);
main().then(() => clearTimeout(late), (fault) => { console.error(fault); process.exit(1); });
