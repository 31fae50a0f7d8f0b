// SPDX-License-Identifier: MIT
// The legend of the chart, grouped by kind. A click hides a part or shows it again; one on a kind all of its parts.

import { make, swatch } from './dom.js';
import { by_kind, color_of, kinds, words_of } from './parts.js';

export class Legend {
  #drawn = '';

  constructor(box, hidden, changed) {
    this.box = box;
    this.hidden = hidden;
    this.changed = changed;
    box.addEventListener('click', (event) => {
      const names = event.target.closest('button')?.dataset.parts;
      if (names) this.#toggle(JSON.parse(names));
    });
  }

  /** Parts that hold nothing have no place here. */
  show(parts) {
    const held = parts.filter(({ bytes }) => bytes !== 0);
    const drawn = JSON.stringify(held.map(({ name }) => name));
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const focused = document.activeElement?.dataset?.parts;
    this.box.replaceChildren(...by_kind(held).map(([kind, own]) => this.#group(kind, own.map(({ name }) => name))));
    this.#press();
    if (focused) [...this.box.querySelectorAll('button')].find(({ dataset }) => dataset.parts === focused)?.focus();
  }

  #group(kind, names) {
    const button = (text, of, className, ...marks) =>
      make('button', { className, data: { parts: JSON.stringify(of) }, title: of.length === 1 ? words_of(of[0]) : '' }, ...marks, text);
    const only = names.length === 1 && names[0] === kind;
    return make(
      'div', { className: 'group' },
      button(kinds[kind] ?? kind, names, 'kind', ...(only ? [swatch(color_of(names[0]))] : [])),
      ...(only ? [] : names.map((name) => button(name, [name], 'part', swatch(color_of(name))))),
    );
  }

  #toggle(names) {
    const hide = names.some((name) => !this.hidden.has(name));
    for (const name of names) hide ? this.hidden.add(name) : this.hidden.delete(name);
    this.#press();
    this.changed();
  }

  #press() {
    for (const button of this.box.querySelectorAll('button')) {
      const shown = JSON.parse(button.dataset.parts).some((name) => !this.hidden.has(name));
      button.setAttribute('aria-pressed', String(shown));
    }
  }
}
