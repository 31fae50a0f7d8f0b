// SPDX-License-Identifier: MIT
// The stacked areas: one per part, bottom to top as the gateway lists them, under a line for what is resident. A cursor,
// moved by pointer or arrow keys, shows the figures of one moment.

import { bytes, clock } from './format.js';
import { color_of } from './parts.js';
import { draw, make, swatch } from './dom.js';

const margin = { top: 10, right: 8, bottom: 24, left: 70 };
const most_lines = 12;
const ticks_wanted = 5;

/** The power of two that divides `most` into about five steps. */
export function step_for(most) {
  return 2 ** Math.round(Math.log2(Math.max(most, 1024) / ticks_wanted));
}

const time_step = (span) => (span <= 300 ? 60 : span <= 900 ? 180 : 600);
const hour_and_minute = (unix) => clock(unix).slice(0, 5);

export class Chart {
  #samples = [];
  #names = [];
  #limit = 0;
  #cursor;
  #pinned;

  constructor(box, tip, empty) {
    this.box = box;
    this.tip = tip;
    this.empty = empty;
    this.hidden = new Set();
    this.span = 3600;
    this.svg = draw('svg', { 'aria-hidden': 'true' });
    box.prepend(this.svg);
    new ResizeObserver(() => this.render()).observe(box);
    box.addEventListener('pointermove', (event) => this.#point(event));
    box.addEventListener('pointerleave', () => this.#leave());
    box.addEventListener('blur', () => this.#leave());
    box.addEventListener('keydown', (event) => this.#key(event));
  }

  /** Samples: [{at, rss, bytes: [one per name]}], oldest first. */
  show(names, samples, limit) {
    this.#names = names;
    this.#samples = samples;
    this.#limit = limit;
    this.render();
  }

  /** What is in sight, with the tops of all areas: the part of `names[i]` lies between tops[i - 1] and tops[i]. */
  #stacks() {
    const until = this.#samples.at(-1)?.at ?? 0;
    const begin = this.#samples.findLastIndex(({ at }) => at <= until - this.span);
    return this.#samples.slice(Math.max(0, begin)).map((sample) => {
      let top = 0;
      const tops = this.#names.map((name, i) => (top += this.hidden.has(name) ? 0 : Math.max(0, sample.bytes[i] ?? 0)));
      return { sample, tops };
    });
  }

  render() {
    const { clientWidth: width, clientHeight: height } = this.box;
    if (!width || !height) return;
    const stacks = this.#stacks();
    const all = this.hidden.size === 0;
    const most = Math.max(1024, ...stacks.map(({ sample, tops }) => Math.max(tops.at(-1) ?? 0, all ? sample.rss : 0)));
    const step = step_for(most);
    const top = Math.ceil((most * 1.02) / step) * step;
    const until = stacks.at(-1)?.sample.at ?? 0;
    const right = width - margin.right, low = height - margin.bottom;
    const x = (at) => right - ((until - at) / this.span) * (right - margin.left);
    const y = (value) => low - (value / top) * (low - margin.top);
    this.#scale = { x, y, stacks, low };
    this.svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.svg.replaceChildren(
      draw('clipPath', { id: 'plot' }, draw('rect', { x: margin.left, y: 0, width: right - margin.left, height })),
      this.#grid(step, top, until, { x, y, right, low }),
      draw('g', { 'clip-path': 'url(#plot)' }, ...this.#areas(stacks, x, y), ...this.#lines(stacks, x, y, all, top, right)),
      (this.#cursor = draw('line', { class: 'cursor', y1: margin.top, y2: low, visibility: 'hidden' })),
    );
    this.empty.hidden = !this.#names.length || this.#names.some((name) => !this.hidden.has(name));
    if (this.#pinned !== undefined) this.#inspect(this.#pinned);
  }
  #scale;

  #grid(step, top, until, { x, y, right, low }) {
    const grid = draw('g', { class: 'grid' });
    for (let value = 0; value <= top; value += step) {
      grid.append(draw('line', { x1: margin.left, x2: right, y1: y(value), y2: y(value) }));
      grid.append(draw('text', { x: margin.left - 8, y: y(value) + 4, 'text-anchor': 'end' }, value ? bytes(value).replace(/\.0+ /, ' ') : '0'));
    }
    const every = time_step(this.span);
    for (let at = Math.floor(until / every) * every; at > until - this.span; at -= every) {
      if (x(at) < margin.left + 16 || x(at) > right - 16) continue;
      grid.append(draw('text', { x: x(at), y: low + 17, 'text-anchor': 'middle' }, hour_and_minute(at)));
    }
    return grid;
  }

  #areas(stacks, x, y) {
    const seen = this.#names.map((name, i) => i).filter((i) => stacks.some(({ tops }) => tops[i] > (tops[i - 1] ?? 0)));
    return seen.map((i) => {
      const upper = stacks.map(({ sample, tops }) => `${x(sample.at).toFixed(1)},${y(tops[i]).toFixed(1)}`);
      const lower = stacks.map(({ sample, tops }) => `${x(sample.at).toFixed(1)},${y(tops[i - 1] ?? 0).toFixed(1)}`).reverse();
      const area = draw('path', { class: 'area', d: `M${upper.join('L')}L${lower.join('L')}Z`, 'data-part': this.#names[i] });
      area.style.fill = color_of(this.#names[i]);
      return area;
    });
  }

  #lines(stacks, x, y, all, top, right) {
    if (!all || !stacks.length) return [];
    const points = stacks.map(({ sample }) => `${x(sample.at).toFixed(1)},${y(sample.rss).toFixed(1)}`);
    const lines = [draw('path', { class: 'rss', d: `M${points.join('L')}` })];
    if (this.#limit > 0 && this.#limit <= top) {
      const at = y(this.#limit);
      lines.push(draw('line', { class: 'limit', x1: margin.left, x2: right, y1: at, y2: at }));
      lines.push(draw('text', { class: 'limit-name', x: margin.left + 6, y: at - 5 }, `limit ${bytes(this.#limit)}`));
    }
    return lines;
  }

  #point(event) {
    if (!this.#scale?.stacks.length) return;
    const at = event.clientX - this.box.getBoundingClientRect().left;
    const { stacks, x } = this.#scale;
    let best = 0;
    stacks.forEach(({ sample }, i) => {
      if (Math.abs(x(sample.at) - at) < Math.abs(x(stacks[best].sample.at) - at)) best = i;
    });
    this.#inspect(stacks[best].sample.at);
  }

  #key(event) {
    const stacks = this.#scale?.stacks ?? [];
    if (event.key === 'Escape') return this.#leave();
    const last = stacks.length - 1;
    const now = this.#pinned === undefined ? last + 1 : stacks.findIndex(({ sample }) => sample.at === this.#pinned);
    const to = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last }[event.key];
    if (to === undefined || last < 0) return;
    event.preventDefault();
    this.#inspect(stacks[Math.min(last, Math.max(0, to))].sample.at);
  }

  #leave() {
    this.#pinned = undefined;
    this.tip.hidden = true;
    this.#cursor?.setAttribute('visibility', 'hidden');
  }

  #inspect(at) {
    const found = this.#scale.stacks.find(({ sample }) => sample.at === at);
    if (!found) return this.#leave();
    this.#pinned = at;
    const x = this.#scale.x(at);
    for (const [name, value] of [['x1', x], ['x2', x], ['visibility', 'visible']]) this.#cursor.setAttribute(name, value);
    this.tip.replaceChildren(...this.#rows(found.sample));
    this.tip.hidden = false;
    const width = this.tip.offsetWidth, room = this.box.clientWidth;
    this.tip.style.left = `${x + 14 + width < room ? x + 14 : Math.max(0, x - 14 - width)}px`;
  }

  #rows(sample) {
    const shown = this.#names.map((name, i) => ({ name, value: sample.bytes[i] ?? 0 })).filter(({ name, value }) => value && !this.hidden.has(name));
    // The largest, but in the order in which they lie on each other.
    const large = new Set([...shown].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, most_lines));
    const rest = shown.filter((part) => !large.has(part));
    const row = (name, value, mark) => make('div', {}, ...(mark ? [mark] : []), make('span', {}, name), make('b', {}, bytes(value)));
    return [
      make('p', {}, clock(sample.at)),
      row('resident', sample.rss),
      ...shown.filter((part) => large.has(part)).reverse().map(({ name, value }) => row(name, value, swatch(color_of(name)))),
      ...(rest.length ? [row(`${rest.length} smaller`, rest.reduce((sum, { value }) => sum + value, 0))] : []),
    ];
  }
}
