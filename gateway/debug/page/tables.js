// SPDX-License-Identifier: MIT
// The table of parts, grouped by kind, and the tables of who holds most.

import { is_selected, make, swatch } from './dom.js';
import { bytes, change, count, dash, percent, wait } from './format.js';
import { by_kind, color_of, kinds, words_of } from './parts.js';

// Not shown where there is no room.
const optional = 'n optional';

const sum = (parts, of) => parts.reduce((total, part) => total + (of(part) ?? 0), 0);

function cell(text, className = 'n') {
  return make('td', { className }, text);
}

function share_cell(ratio, color) {
  const bar = make('span', { className: 'share-bar', ariaHidden: 'true', style: { width: `${Math.min(1, Math.max(0, ratio)) * 100}%`, background: color } });
  return make('td', { className: 'n share' }, make('span', { className: 'share-track' }, bar),
    make('span', { className: 'share-figure' }, percent(ratio)));
}

function delta_cell(value) {
  const trend = !value ? 'same' : value > 0 ? 'more' : 'less';
  return make('td', { className: `n delta ${trend}` }, value === undefined ? dash : change(value));
}

/** One row per part, a subtotal per kind, the sum at the end. `mark` is null or what was marked. How many hold nothing. */
export function show_parts(table, { parts, rss, mark }) {
  if (is_selected(table)) return undefined;
  const before = mark && new Map(mark.parts.map((part) => [part.name, part.bytes]));
  const since = (part) => (before ? part.bytes - (before.get(part.name) ?? 0) : undefined);
  const bodies = by_kind(parts).map(([kind, own]) => {
    const held = sum(own, (part) => part.bytes);
    const title = make('tr', { className: 'kind' },
      make('th', { scope: 'rowgroup' }, kinds[kind] ?? kind), cell(bytes(held)), cell('', optional), cell('', optional), cell(percent(held / rss), 'n share'),
      delta_cell(before ? sum(own, since) : undefined));
    const alone = own.length === 1 && own[0].name === kind;
    return make('tbody', {}, title, ...(alone ? [] : own.map((part) => part_row(part, rss, since(part)))));
  });
  const total = make('tr', {}, make('th', { scope: 'row' }, 'Resident'), cell(bytes(rss)), cell('', optional), cell('', optional), cell('', 'n share'),
    delta_cell(mark ? rss - mark.rss : undefined));
  table.replaceChildren(table.tHead, ...bodies, make('tfoot', {}, total));
  return table.querySelectorAll('tr.nothing').length;
}

function part_row({ name, bytes: held, objects }, rss, since) {
  const words = make('span', { className: 'words' }, words_of(name));
  return make('tr', { data: { part: name }, className: held === 0 && !since ? 'nothing' : '' },
    make('th', { scope: 'row' }, swatch(color_of(name)), name, words),
    cell(bytes(held)), cell(objects ? count(objects) : dash, optional),
    cell(objects > 0 ? bytes(held / objects) : dash, optional),
    share_cell(held / rss, color_of(name)), delta_cell(since));
}

const text = (value) => (value === undefined || value === null || value === '' ? dash : String(value));

/** By table: title, where the figure is, how it is shown, and which order of the gateway's it is. */
const columns = {
  connections: [
    ['Connection', (row) => text(row.id), 'id'],
    ['User', (row) => text(row.user), 'who'],
    ['Address', (row) => text(row.address), 'who'],
    ['Namespace', (row) => text(row.namespace), 'who'],
    ['Transport', (row) => text(row.transport), ''],
    ['Bytes', (row) => bytes(row.bytes), 'n', 'bytes'],
    ['Queued', (row) => bytes(row.queued_bytes), 'n', 'queued'],
    ['Messages', (row) => count(row.queued_messages), 'n'],
    ['Waiting', (row) => wait(row.waiting_ms), 'n', 'waiting'],
    ['Since', (row) => (row.connected_at ? new Date(row.connected_at).toLocaleString('en-GB') : dash), 'n'],
  ],
  users: [
    ['User', (row) => text(row.user), 'who'],
    ['Connections', (row) => count(row.connections), 'n'],
    ['Bytes', (row) => bytes(row.bytes), 'n', 'bytes'],
    ['Queued', (row) => bytes(row.queued_bytes), 'n', 'queued'],
  ],
  rooms: [
    ['Room', (row) => text(row.room), 'who'],
    ['Namespace', (row) => text(row.namespace), 'who'],
    ['Members', (row) => count(row.members), 'n'],
    ['Bytes', (row) => bytes(row.bytes), 'n', 'bytes'],
  ],
};
const figures = { bytes: 'bytes', queued: 'queued_bytes', waiting: 'waiting_ms' };

/** Whether a table has a column for this order. */
export const knows_order = (which, order) => columns[which].some(([, , , of]) => of === order);

export function show_top(table, which, order, rows) {
  if (is_selected(table)) return;
  const by = figures[knows_order(which, order) ? order : 'bytes'];
  const sorted = [...rows].sort((a, b) => (b[by] ?? 0) - (a[by] ?? 0));
  const head = columns[which].map(([title, , className, of]) =>
    make('th', { scope: 'col', className, attributes: of && figures[of] === by ? { 'aria-sort': 'descending' } : {} }, title));
  const lines = sorted.map((row) => make('tr', {}, ...columns[which].map(([, show, className]) => {
    const shown = show(row);
    return make('td', { className, title: className === 'n' ? '' : shown }, shown);
  })));
  if (!lines.length) lines.push(make('tr', {}, make('td', { colSpan: head.length, className: 'soft' }, 'Nobody at the moment.')));
  table.replaceChildren(make('thead', {}, make('tr', {}, ...head)), make('tbody', {}, ...lines));
}
