// SPDX-License-Identifier: MIT
// Small helpers around the document. Text from the gateway only ever becomes text nodes.

export const $ = (id) => document.getElementById(id);

/** An element with properties and children; `style` is an object, `data` sets data attributes. */
export function make(tag, { style, data, attributes, ...rest } = {}, ...children) {
  const element = Object.assign(document.createElement(tag), rest);
  Object.assign(element.style, style);
  Object.assign(element.dataset, data);
  for (const [name, value] of Object.entries(attributes ?? {})) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const svg_space = 'http://www.w3.org/2000/svg';

export function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS(svg_space, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Writes only what changed, so that a selection in the page survives. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export const swatch = (color) => make('span', { className: 'swatch', style: { background: color }, ariaHidden: 'true' });

/** A group of buttons of which one is pressed; `chosen` is called with its value. */
export function choice(group, name, first, chosen) {
  const show = (value) => {
    for (const button of group.children) button.setAttribute('aria-pressed', String(button.dataset[name] === value));
  };
  group.addEventListener('click', (event) => {
    const value = event.target.closest('button')?.dataset[name];
    if (value === undefined) return;
    show(value);
    chosen(value);
  });
  show(first);
  return show;
}

/** Whether the reader has marked text in it, to copy: then it is not the moment to replace it. */
export function is_selected(element) {
  const selection = document.getSelection();
  return !selection.isCollapsed && element.contains(selection.anchorNode);
}
