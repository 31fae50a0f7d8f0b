// SPDX-License-Identifier: MIT
// What is known of the parts of memory: their order, a colour for each, and a line of explanation.

export const kinds = {
  clients: 'Held for clients',
  server: 'Held by the server',
  allocator: 'Allocator',
  process: 'Process',
  unexplained: 'Unexplained',
};

const words = {
  connection: 'TCP connections and their partial input',
  request: 'HTTP requests being read or answered',
  response: 'answers and control frames not yet written',
  websocket: 'WebSocket messages being put together',
  tls: 'TLS state of connections',
  session: 'Engine.IO sessions',
  outbox: 'places in the queues of sessions',
  frame: 'encoded messages waiting in queues',
  handshake: 'what clients sent when they connected',
  client: 'the Socket.IO side of sessions',
  socket: 'sockets of namespaces, with their state',
  room: 'rooms and memberships',
  ack: 'answers that are waited for',
  identity: 'user ids and claims',
  presence: 'users who are online',
  timer: 'deadlines',
  worker: 'scratch buffers and tables of workers',
  cache: 'kept to be faster; given up first',
  history: 'the last hour, as shown above',
  startup: 'what was allocated when serving began',
  uncharged: 'allocated, and charged to no purpose',
  fragmentation: 'pages in use, less what is allocated on them',
  'thread caches': 'freed, and kept by threads for their next allocation',
  'profile samples': 'what the heap profile remembers',
  metadata: "the allocator's own tables",
  'free pages': 'kept by the allocator for the next allocation; Purge gives them back',
  code: 'programs and libraries, as far as loaded',
  'static data': 'variables of programs and libraries',
  stacks: 'stacks of threads',
  'other mappings': 'files and memory mapped otherwise',
  unexplained: 'what is resident, less all of the above',
};

export const words_of = (name) => words[name] ?? '';

const between = (from, to, i, n) => from + ((to - from) * i) / Math.max(1, n - 1);
const palette = {
  clients: (i, n) => `hsl(${between(162, 268, i, n)} 52% ${[42, 54, 48][i % 3]}%)`,
  server: (i, n) => `hsl(${between(22, 46, i, n)} 72% ${[52, 60][i % 2]}%)`,
  allocator: (i, n) => `hsl(${between(295, 335, i, n)} 42% ${[52, 62][i % 2]}%)`,
  process: (i, n) => `hsl(215 14% ${between(46, 70, i, n)}%)`,
  unexplained: () => 'hsl(2 72% 55%)',
};

const none = { kind: 'unexplained', color: palette.unexplained() };
const looks = new Map();

/** Takes note of all parts; colours depend on the kind and the place in it, so they stay. */
export function learn(parts) {
  if (parts.length === looks.size && parts.every(({ name }) => looks.has(name))) return;
  looks.clear();
  for (const kind of new Set(parts.map((part) => part.kind))) {
    const own = parts.filter((part) => part.kind === kind);
    own.forEach(({ name }, i) => looks.set(name, { kind, color: (palette[kind] ?? palette.process)(i, own.length) }));
  }
}

export const color_of = (name) => (looks.get(name) ?? none).color;

/** [[kind, parts of it], ...] in the order of the parts. */
export function by_kind(parts) {
  const groups = new Map();
  for (const part of parts) groups.set(part.kind, [...(groups.get(part.kind) ?? []), part]);
  return [...groups];
}
