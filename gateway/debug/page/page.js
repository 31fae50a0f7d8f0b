// SPDX-License-Identifier: MIT
// The page at /debug/: asks the gateway for its figures and shows them. Nothing is asked for while nobody looks.

import { Chart } from './chart.js';
import { choice, $, say } from './dom.js';
import { bytes, clock, count, dash, duration, percent } from './format.js';
import { get, Refused, request } from './api.js';
import { Legend } from './legend.js';
import { learn } from './parts.js';
import { knows_order, show_parts, show_top } from './tables.js';
import { wire_tools } from './tools.js';

const every = { memory: 2000, history: 10000, top: 4000 };
const spans = [300, 900, 3600];

const state = { memory: null, history: null, recent: [], top: null, which: 'connections', order: 'bytes', idle: 0, paused: false, last_answer: 0, span: 0 };

const chart = new Chart($('chart'), $('tip'), $('chart-empty'));
const legend = new Legend($('legend'), chart.hidden, () => chart.render());
const show_span = choice($('spans'), 'span', '', (value) => {
  chart.span = state.span = Number(value);
  chart.render();
});

// ---- what is shown ---------------------------------------------------------------------------------------------------

const steps = {
  none: 'nothing is given up',
  caches: 'caches are given up',
  unjoined: 'who has not joined is sent away',
  handshakes: 'new clients are refused',
  lossy: 'lossy messages are dropped',
  slowest: 'the slowest clients are closed',
};

function show_figures(now) {
  const { rss, limit, used, explained, shedding } = now;
  say($('rss'), bytes(rss));
  say($('rss-under'), now.mark ? `${bytes(now.mark.rss)} at the mark` : `${bytes(now.allocator?.allocated)} allocated`);
  say($('used'), limit ? percent(used / limit) : 'no limit');
  say($('used-under'), limit ? `${bytes(used)} of ${bytes(limit)}` : `${bytes(used)} in use`);
  $('used-meter').hidden = !limit;
  $('used-meter').value = limit ? used / limit : 0;
  say($('explained'), percent(explained));
  say($('explained-under'), `${bytes(rss * (1 - explained))} not accounted for`);
  say($('connections'), count(now.connections));
  say($('connections-under'), `${count(now.sessions)} sessions, ${count(now.sockets)} sockets`);
  say($('users'), count(now.users));
  const clients = now.parts.filter((part) => part.kind === 'clients').reduce((sum, part) => sum + part.bytes, 0);
  say($('users-under'), now.sessions ? `${bytes(clients / now.sessions)} per session` : 'nobody is here');
  say($('shedding'), shedding ?? dash);
  say($('shedding-under'), steps[shedding] ?? '');
  $('shedding-figure').dataset.step = shedding;
  say($('facts'), `up ${duration(now.uptime_s)}, process ${now.pid}`);
  const a = now.allocator;
  if (a)
    say($('allocator'), `${a.name} ${a.version ?? ''}: ${bytes(a.allocated)} allocated, ${bytes(a.active)} active, ` +
      `${bytes(a.metadata)} metadata, ${bytes(a.resident)} resident, ${bytes(a.mapped)} mapped, ${bytes(a.retained)} retained.`);
}

function show_mark({ mark }) {
  say($('mark-note'), mark ? `Marked at ${clock(Date.parse(mark.at) / 1000)}.` : 'Mark now, and later see what grew.');
  $('clear').disabled = !mark;
}

/** Parts that hold nothing are folded away until somebody asks for them. */
function show_idle(idle) {
  if (idle !== undefined) state.idle = idle;
  const shown = $('idle').getAttribute('aria-pressed') === 'true';
  $('parts').classList.toggle('folded', !shown);
  $('idle').hidden = !state.idle;
  say($('idle'), `${state.idle} more that hold nothing`);
}

/** The gateway's samples, and what this page saw since the last of them. */
function show_history() {
  if (!state.memory) return;
  const names = state.memory.parts.map((part) => part.name);
  const place = new Map((state.history?.names ?? []).map((name, i) => [name, i]));
  const old = (state.history?.samples ?? []).map(({ at, rss, bytes: held }) => ({ at, rss, bytes: names.map((name) => held[place.get(name)] ?? 0) }));
  const last = old.at(-1)?.at ?? 0;
  const samples = [...old, ...state.recent.filter(({ at }) => at > last)];
  const covered = samples.length ? samples.at(-1).at - samples[0].at : 0;
  if (!state.span) {
    chart.span = spans.find((span) => span >= covered * 0.9) ?? spans.at(-1);
    show_span(String(chart.span));
  }
  chart.show(names, samples, state.memory.limit);
}

function show_tops() {
  if (!state.top) return;
  for (const button of $('orders').children) button.disabled = !knows_order(state.which, button.dataset.order);
  show_top($('top'), state.which, state.order, state.top[state.which] ?? []);
}

// ---- asking ----------------------------------------------------------------------------------------------------------

async function ask_memory() {
  const now = await get('memory');
  state.memory = now;
  const at = Date.parse(now.at) / 1000;
  state.recent = [...state.recent.filter((sample) => sample.at > at - 3600), { at, rss: now.rss, bytes: now.parts.map((part) => part.bytes) }];
  learn(now.parts);
  show_figures(now);
  show_mark(now);
  show_idle(show_parts($('parts'), now));
  legend.show(now.parts);
  show_history();
}

async function ask_history() {
  state.history = await get('memory/history');
  show_history();
}

async function ask_top() {
  const order = state.order;
  const top = await get(`memory/top?by=${order}&limit=20`);
  if (order !== state.order) return;
  state.top = top;
  show_tops();
}

const awake = () => !document.hidden && !state.paused;

function show_state(name, text) {
  document.body.dataset.state = name;
  say($('live-text'), text);
}

function good_answer() {
  state.last_answer = Date.now();
  $('trouble').hidden = true;
  if (!state.paused) show_state('live', 'live');
}

function bad_answer(error) {
  const since = state.last_answer ? ` The figures are ${duration((Date.now() - state.last_answer) / 1000)} old.` : '';
  const why = error instanceof Refused ? `The gateway refuses: ${error.message}.` : 'The gateway does not answer; trying again.';
  say($('trouble'), why + since);
  $('trouble').hidden = false;
  show_state('stale', 'no answer');
}

/** Asks at once and then again and again, one request at a time. What is new while it sleeps can wait. */
function repeat(what, ms) {
  let timer, busy = false, again = false;
  const turn = async () => {
    clearTimeout(timer);
    if (busy) return void (again = true);
    if (!awake()) return;
    busy = true;
    try {
      await what();
      good_answer();
    } catch (error) {
      bad_answer(error);
    }
    busy = false;
    timer = setTimeout(turn, again ? 0 : ms);
    again = false;
  };
  return turn;
}

const now = {
  memory: repeat(ask_memory, every.memory),
  history: repeat(ask_history, every.history),
  top: repeat(ask_top, every.top),
};
const all_now = () => Object.values(now).forEach((turn) => turn());

choice($('tops'), 'top', state.which, (value) => {
  state.which = value;
  show_tops();
});
choice($('orders'), 'order', state.order, (value) => {
  state.order = value;
  now.top();
});
$('idle').addEventListener('click', () => {
  $('idle').setAttribute('aria-pressed', String($('idle').getAttribute('aria-pressed') !== 'true'));
  show_idle();
});
$('pause').addEventListener('click', () => {
  state.paused = !state.paused;
  $('pause').setAttribute('aria-pressed', String(state.paused));
  say($('pause'), state.paused ? 'Go on' : 'Pause');
  if (state.paused) show_state('paused', 'paused');
  else all_now();
});
document.addEventListener('visibilitychange', () => !document.hidden && all_now());
wire_tools({
  mark: () => request('POST', 'memory/mark').then(ask_memory),
  clear: () => request('DELETE', 'memory/mark').then(ask_memory),
  refresh: ask_memory,
});
all_now();
