// SPDX-License-Identifier: MIT
// Requests to the gateway that served the page. A key is asked for only when the gateway says 401, and kept for the tab.

const slot = 'encke-api-key';
const patience = 8000;

/** What the gateway said no with; `message` is for people. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

let key = sessionStorage.getItem(slot);
let asking;

const element = (id) => document.getElementById(id);

/** Shows the dialog until a key is given; all requests that wait for one share it. */
function ask(note) {
  asking ??= new Promise((resolve) => {
    const door = element('door');
    element('door-note').textContent = note;
    element('key').value = '';
    door.showModal();
    const stay = (event) => event.preventDefault();
    door.addEventListener('cancel', stay);
    element('door-form').addEventListener('submit', (event) => {
      event.preventDefault();
      key = element('key').value.trim();
      sessionStorage.setItem(slot, key);
      door.removeEventListener('cancel', stay);
      door.close();
      asking = undefined;
      resolve();
    }, { once: true });
  });
  return asking;
}

async function explain(response) {
  const fallback = `the gateway answered ${response.status}`;
  try {
    const problem = await response.json();
    return (problem.detail ?? problem.title ?? fallback).replace(/\.$/, '');
  } catch {
    return fallback;
  }
}

/** A response that is fine; throws `Refused`, or another error if there was no answer. */
export async function request(method, path, { ms = patience } = {}) {
  for (;;) {
    const used = key;
    const response = await fetch(path, {
      method,
      cache: 'no-store',
      headers: used ? { Authorization: `Bearer ${used}` } : {},
      signal: AbortSignal.timeout(ms),
    });
    if (response.ok) return response;
    if (response.status !== 401) throw new Refused(response.status, await explain(response));
    // Another request may have got a key meanwhile.
    if (used === key) await ask(used ? 'The gateway does not know this key.' : '');
  }
}

export const get = async (path) => (await request('GET', path)).json();

/** Fetches a file and hands it to the browser to keep. */
export async function download(path, name, options) {
  const blob = await (await request('GET', path, options)).blob();
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  return blob.size;
}
