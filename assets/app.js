// SPDX-License-Identifier: MIT
// The inbox: signs in with a user's token, shows every push as it arrives, who is online and how the connection fares,
// and sends pushes through the development routes /demo/users and /demo/push of the same server.
// Relies on socket.io.min.js as the server hands it out. Whatever comes from outside is shown as text, never as markup.
'use strict';

(() => {
  const $ = (id) => document.getElementById(id);
  const KEEP_PUSHES = 200;
  const KEEP_LATELY = 30;
  const KEEP_TRIPS = 40;
  const PRESENCE_EVERY_MS = 3000;
  const STORED = 'encke.token';

  let token = '';
  let me = '';
  let socket = null;
  let received = 0;
  let unseen = 0;
  let reconnections = 0;
  let since = 0; // when the connection in use was begun, for the time the upgrade took
  let trips = [];
  let presence = 0; // timer of the next look at who is online

  // ---- small helpers ----------------------------------------------------------------------------------------------

  function element(tag, className, ...children) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    made.append(...children);
    return made;
  }

  function clock(now = new Date()) {
    const made = element('time', '', now.toLocaleTimeString([], { hour12: false }));
    made.dateTime = now.toISOString();
    made.title = now.toLocaleString();
    return made;
  }

  function note(id, text, kind = '') {
    $(id).textContent = text;
    $(id).className = `note ${kind}`;
  }

  function state(name, text) {
    document.body.dataset.state = name;
    $('state').textContent = text;
    $('toggle').textContent = is_idle() ? 'Connect' : 'Disconnect';
  }

  const is_idle = () => ['disconnected', 'refused'].includes(document.body.dataset.state);

  /** A line at the end of what happened lately; the end stays in sight unless somebody reads further up. */
  function lately(text) {
    const list = $('lately');
    const at_end = list.scrollHeight - list.scrollTop - list.clientHeight < 8;
    list.append(element('li', '', clock(), element('span', '', text)));
    while (list.children.length > KEEP_LATELY) list.firstChild.remove();
    if (at_end) list.scrollTop = list.scrollHeight;
  }

  /** The user the token names, as far as this page can tell; the server is who decides. */
  function user_in(token) {
    try {
      const bytes = Uint8Array.from(atob(token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
      const claims = JSON.parse(new TextDecoder().decode(bytes));
      return String(claims.sub ?? claims.uid ?? '');
    } catch {
      return '';
    }
  }

  // ---- showing arguments ------------------------------------------------------------------------------------------

  const is_binary = (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value);

  function binary(value) {
    const bytes = value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    const head = Array.from(bytes.subarray(0, 16), (b) => b.toString(16).padStart(2, '0')).join(' ');
    return element('span', 'b', `${bytes.length} bytes${head && `: ${head}`}${bytes.length > 16 ? ' …' : ''}`);
  }

  /** `value` as indented, coloured JSON: a list of nodes. */
  function pretty(value, indent = '') {
    if (is_binary(value)) return [binary(value)];
    if (typeof value === 'string') return [element('span', 's', JSON.stringify(value))];
    if (typeof value === 'number') return [element('span', 'n', String(value))];
    if (value === null || typeof value !== 'object') return [element('span', 'w', String(value))];
    const list = Array.isArray(value);
    const entries = Object.entries(value);
    if (entries.length === 0) return [list ? '[]' : '{}'];
    const inner = `${indent}  `;
    const nodes = [list ? '[' : '{'];
    entries.forEach(([key, part], i) => {
      nodes.push(`\n${inner}`);
      if (!list) nodes.push(element('span', 'k', JSON.stringify(key)), ': ');
      nodes.push(...pretty(part, inner));
      if (i < entries.length - 1) nodes.push(',');
    });
    nodes.push(`\n${indent}`, list ? ']' : '}');
    return nodes;
  }

  function recipient_of(to) {
    if (typeof to !== 'string') return null;
    return to === 'everyone' ? 'to everyone' : to === me ? 'to you' : `to ${to}`;
  }

  /** What does not fit its box can be scrolled without a mouse. */
  function reachable(block) {
    if (block.scrollHeight <= block.clientHeight) return;
    block.tabIndex = 0;
    block.setAttribute('role', 'group');
    block.setAttribute('aria-label', 'arguments');
  }

  /** One push: its text large if it has one, its arguments in full. */
  function push_item(event, args, answered) {
    const first = args[0];
    const about = args.length === 1 && first && typeof first === 'object' && !is_binary(first) ? first : {};
    const text = args.length === 1 && typeof first === 'string' ? first : typeof about.text === 'string' ? about.text : null;

    const head = element('div', 'push-head', element('span', 'event', event));
    const to = recipient_of(about.to);
    if (to) head.append(element('span', 'tag', to));
    if (typeof about.from === 'string') head.append(element('span', '', `from ${about.from}`));
    if (answered) head.append(element('span', 'tag plain', 'answered'));
    head.append(clock());

    const item = element('li', 'push', head);
    if (text !== null) item.append(element('p', 'text', text));
    if (text !== null && text === first) return item;
    const full = args.length === 0 ? [element('span', 'w', 'no arguments')] : args.flatMap((arg, i) => (i ? ['\n', ...pretty(arg)] : pretty(arg)));
    const block = element('pre', '', ...full);
    const details = text === null ? null : element('details', '', element('summary', '', 'arguments'), block);
    details?.addEventListener('toggle', () => reachable(block));
    item.append(details ?? block);
    return item;
  }

  function show_push(event, ...args) {
    const reply = typeof args.at(-1) === 'function' ? args.pop() : null;
    if (reply) reply({ received: true, user: me }); // a push that asks for an answer gets one at once
    const item = push_item(event, args, Boolean(reply));
    $('inbox').prepend(item);
    item.querySelectorAll('pre').forEach(reachable);
    while ($('inbox').children.length > KEEP_PUSHES) $('inbox').lastChild.remove();
    received += 1;
    if (document.hidden) unseen += 1;
    show_counts();
  }

  function show_counts() {
    $('count').textContent = received;
    $('empty').hidden = received > 0;
    $('clear').disabled = received === 0;
    document.title = unseen ? `(${unseen}) Encke inbox` : 'Encke inbox';
  }

  // ---- the connection ---------------------------------------------------------------------------------------------

  function show_transport(name, upgraded = '') {
    $('transport').dataset.now = name;
    $('by').textContent = name === 'none' ? '' : `by ${name}`;
    $('transport').toggleAttribute('data-upgraded', upgraded !== '');
    $('upgrade').textContent = upgraded;
  }

  /** Follows one Engine.IO session; a reconnection makes another. */
  function follow_engine() {
    const { engine } = socket.io;
    since = performance.now();
    show_transport(engine.transport.name);
    engine.on('upgrade', (transport) => {
      const took = `in ${Math.round(performance.now() - since)} ms`;
      show_transport(transport.name, took);
      lately(`upgraded to ${transport.name} ${took}`);
    });
  }

  function connect() {
    if (typeof io !== 'function') {
      leave('The client script /socket.io/socket.io.min.js could not be loaded from this server.');
      return;
    }
    $('door').hidden = true;
    for (const id of ['desk', 'who', 'toggle', 'sign-out']) $(id).hidden = false;
    $('user').textContent = me || 'unknown';
    state('connecting', 'Connecting…');

    socket = io({ auth: (give) => give({ token }), reconnectionDelay: 500, reconnectionDelayMax: 5000, forceNew: true });
    socket.io.on('open', follow_engine);
    socket.on('connect', () => {
      state('connected', 'Connected');
      $('socket-id').textContent = socket.id;
      lately(`connected by ${socket.io.engine.transport.name}`);
      look_around();
    });
    socket.on('disconnect', (reason) => {
      $('socket-id').textContent = '–';
      show_transport('none');
      lately(`disconnected: ${reason}`);
      if (socket.active) state('reconnecting', 'Reconnecting…');
      else state('disconnected', reason === 'io server disconnect' ? 'Kicked by the server' : 'Disconnected');
      look_around();
    });
    socket.on('connect_error', refused);
    socket.io.on('reconnect_attempt', (attempt) => {
      state('reconnecting', `Reconnecting, try ${attempt}`);
      $('attempts').textContent = `${reconnections} done, try ${attempt} now`;
    });
    socket.io.on('reconnect', (attempt) => {
      reconnections += 1;
      $('attempts').textContent = `${reconnections} done, the last at try ${attempt}`;
    });
    // What the server tells a developer about this connection is no push.
    socket.onAny((event, ...args) => (event === 'debug' && typeof args[0] === 'string' ? lately(args[0]) : show_push(event, ...args)));
    look_around();
  }

  /** A refused token ends the attempt and asks for another one; anything else is retried by the client. */
  function refused(error) {
    let why = error.data;
    if (!why && error.description === 401) {
      try {
        why = JSON.parse(error.context.responseText);
      } catch {
        why = { message: 'the server did not accept the token' };
      }
    }
    if (why) return leave(`Refused: ${why.message ?? 'no reason given'}${why.code ? ` (${why.code})` : ''}`);
    lately(`could not connect: ${error.message}`);
    if (!socket.active) state('refused', 'Refused');
  }

  /** Back to the form; the token is forgotten. */
  function leave(reason = '') {
    clearTimeout(presence);
    socket?.removeAllListeners().offAny();
    socket?.io.removeAllListeners();
    socket?.disconnect();
    socket = null;
    show_transport('none');
    sessionStorage.removeItem(STORED);
    token = '';
    for (const id of ['desk', 'who', 'toggle', 'sign-out']) $(id).hidden = true;
    $('door').hidden = false;
    $('lately').replaceChildren();
    clear();
    state(reason ? 'refused' : 'signed-out', reason ? 'Refused' : 'Signed out');
    note('door-note', reason, 'bad');
    $('token').focus();
  }

  // ---- the development routes -------------------------------------------------------------------------------------

  const AWAY = 'The gateway does not answer';

  async function call(method, path, body) {
    const headers = { Authorization: `Bearer ${token}` };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    const options = { method, headers, cache: 'no-store', body: body === undefined ? undefined : JSON.stringify(body) };
    const response = await fetch(path, options).catch(() => Promise.reject(new Error(AWAY)));
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error(answer.message ?? `the server answered ${response.status}`);
    return answer;
  }

  /** Asks who is online, and takes the time it took for the round trip. */
  async function look_around() {
    clearTimeout(presence);
    const asked_by = socket;
    try {
      const begun = performance.now();
      const { users = [], api } = await call('GET', '/demo/users');
      if (socket !== asked_by) return;
      show_command(api);
      show_trip(performance.now() - begun);
      show_online(users);
    } catch (error) {
      if (socket !== asked_by) return;
      $('trip').textContent = '–';
      show_online([], error.message === AWAY ? AWAY : `Not known: ${error.message}`);
    }
    clearTimeout(presence);
    if (socket) presence = setTimeout(look_around, PRESENCE_EVERY_MS);
  }

  function show_trip(ms) {
    trips = [...trips, ms].slice(-KEEP_TRIPS);
    $('trip').textContent = `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
    const top = Math.max(...trips, 5);
    const points = trips.map((trip, i) => `${((i + KEEP_TRIPS - trips.length) * 120) / (KEEP_TRIPS - 1)},${(23 - (21 * trip) / top).toFixed(1)}`);
    $('spark-line').setAttribute('points', points.length < 3 ? '' : points.join(' ')); // two points say nothing
  }

  /** Users are names, or objects with `user` and the list or number of their `sockets`. */
  function show_online(users, otherwise = 'Nobody yet') {
    const known = users.map((one) => ({
      name: String(one.user ?? one.id ?? one),
      sockets: Array.isArray(one.sockets) ? one.sockets.length : Number(one.sockets ?? 1),
    }));
    known.sort((a, b) => (b.name === me) - (a.name === me) || a.name.localeCompare(b.name));
    const drawn = JSON.stringify([known, otherwise]);
    if ($('online').dataset.drawn === drawn) return; // nothing moves, nothing loses focus, unless something changed
    $('online').dataset.drawn = drawn;
    $('online-count').textContent = known.length;
    $('online-none').textContent = otherwise;
    $('known-users').replaceChildren(...known.map(({ name }) => Object.assign(element('option'), { value: name })));
    $('online').replaceChildren(...known.map(({ name, sockets }) => {
      const button = element('button', '', element('span', 'avatar', [...name][0] ?? '?'), element('span', 'name', name));
      button.firstChild.setAttribute('aria-hidden', 'true');
      button.type = 'button';
      button.title = `Write to ${name}`;
      if (name === me) button.append(element('span', 'tag', 'you'));
      button.append(element('span', 'sockets', sockets === 1 ? '1 connection' : `${sockets} connections`));
      button.addEventListener('click', () => write_to(name));
      return element('li', '', button);
    }));
  }

  // ---- sending ----------------------------------------------------------------------------------------------------

  function write_to(name) {
    $('send').elements.to.value = 'user';
    $('recipient').value = name;
    recipient_changed();
    $('data').focus();
  }

  function recipient_changed() {
    const one = $('send').elements.to.value === 'user';
    $('recipient').disabled = !one;
    $('recipient').required = one;
  }

  /** Turns the text at hand into JSON that says the same, so that there is something to edit. */
  function as_json_changed() {
    const json = $('as-json').checked;
    $('data').classList.toggle('code', json);
    note('send-note', '');
    if (json && !/^\s*[[{"]/.test($('data').value)) $('data').value = JSON.stringify({ text: $('data').value });
  }

  async function send(submit) {
    submit.preventDefault();
    const user = $('send').elements.to.value === 'user' ? $('recipient').value.trim() : null;
    let data = { text: $('data').value, from: me, to: user ?? 'everyone' };
    if ($('as-json').checked) {
      try {
        data = JSON.parse($('data').value);
      } catch (error) {
        note('send-note', `Not JSON: ${error.message}`, 'bad');
        return;
      }
    }
    note('send-note', 'Sending…');
    try {
      const { sockets } = await call('POST', '/demo/push', { user, event: $('event').value.trim(), data });
      if (sockets === 0) note('send-note', user ? `${user} is not online: nobody got it` : 'Nobody is online to get it', 'warn');
      else note('send-note', `Sent to ${user ?? 'everyone'}`, 'good');
    } catch (error) {
      note('send-note', error.message === AWAY ? `${AWAY}: not sent` : `Not sent: ${error.message}`, 'bad');
    }
  }

  /** The call that a backend makes, on the address of the HTTP API. */
  function show_command(api) {
    $('snippet').hidden = !api;
    const who = me ? { users: [me] } : { all: true };
    const body = JSON.stringify({ ...who, event: 'message', args: ['Hello from a backend'] }).replaceAll("'", "'\\''");
    $('curl').textContent = `curl ${api}/v1/emit \\\n  -H 'Content-Type: application/json' \\\n  -d '${body}'`;
  }

  function clear() {
    $('inbox').replaceChildren();
    received = unseen = 0;
    show_counts();
  }

  // ---- beginning --------------------------------------------------------------------------------------------------

  function sign_in(with_token) {
    token = with_token.trim();
    me = user_in(token);
    sessionStorage.setItem(STORED, token);
    $('token').value = '';
    note('door-note', '');
    connect();
  }

  $('sign-in').addEventListener('submit', (submit) => {
    submit.preventDefault();
    sign_in($('token').value);
  });
  $('sign-out').addEventListener('click', () => leave());
  $('toggle').addEventListener('click', () => {
    if (is_idle()) {
      state('connecting', 'Connecting…');
      socket.connect();
    } else {
      socket.disconnect();
      state('disconnected', 'Disconnected');
    }
  });
  $('clear').addEventListener('click', clear);
  $('copy').addEventListener('click', async () => {
    await navigator.clipboard.writeText($('curl').textContent);
    $('copy').textContent = 'Copied';
    setTimeout(() => ($('copy').textContent = 'Copy'), 1500);
  });
  $('send').addEventListener('submit', send);
  $('send').addEventListener('change', recipient_changed);
  $('as-json').addEventListener('change', as_json_changed);
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return;
    unseen = 0;
    show_counts();
  });

  const address = new URL(location.href);
  const given = address.searchParams.get('token');
  if (given !== null) {
    address.searchParams.delete('token');
    history.replaceState(null, '', address);
  }
  const start_with = given || sessionStorage.getItem(STORED);
  if (start_with) sign_in(start_with);
})();
