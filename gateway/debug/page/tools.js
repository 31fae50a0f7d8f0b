// SPDX-License-Identifier: MIT
// The buttons that do something: mark, purge, profiles. Each is disabled while it works and says how it went.

import { download, request } from './api.js';
import { $, say } from './dom.js';
import { bytes } from './format.js';

const profile_seconds = 10;

function note(text, mood = '') {
  $('tools-note').className = `note ${mood}`;
  say($('tools-note'), text);
}

/** Runs `work` when the button is pressed; it gives the words to show. */
function wire(id, work) {
  $(id).addEventListener('click', async () => {
    $(id).disabled = true;
    try {
      note((await work()) ?? '', 'good');
    } catch (error) {
      note(error.name === 'TimeoutError' ? 'No answer from the gateway.' : `Not done: ${error.message}.`, 'bad');
    }
    $(id).disabled = false;
    if (document.activeElement === document.body) $(id).focus();
  });
}

const stamp = () => new Date().toISOString().replace(/[-:]|\.\d+/g, '');

async function purge(refresh) {
  const { rss_before, rss_after, given_back } = await (await request('POST', 'memory/purge')).json();
  await refresh();
  return `${bytes(given_back)} given back: resident ${bytes(rss_before)} before, ${bytes(rss_after)} after.`;
}

async function heap_profile() {
  const size = await download('pprof/heap', `encke-${stamp()}.heap`, { ms: 60000 });
  return `Heap profile of ${bytes(size)} kept. Read it with jeprof.`;
}

async function cpu_profile() {
  let left = profile_seconds;
  const tell = () => note(`Sampling the CPU, ${left} s to go.`);
  tell();
  const timer = setInterval(() => (left = Math.max(0, left - 1), tell()), 1000);
  try {
    const size = await download(`pprof/profile?seconds=${profile_seconds}`, `encke-${stamp()}.prof`, { ms: profile_seconds * 1000 + 30000 });
    return `CPU profile of ${bytes(size)} kept. Read it with jeprof or pprof.`;
  } finally {
    clearInterval(timer);
  }
}

export function wire_tools({ mark, clear, refresh }) {
  wire('mark', () => mark().then(() => ''));
  wire('purge', () => purge(refresh));
  wire('heap', heap_profile);
  wire('cpu', cpu_profile);
  // Whether there is something to clear is shown with the mark, so the button is not enabled again here.
  $('clear').addEventListener('click', () => clear().catch((error) => note(`Not done: ${error.message}.`, 'bad')));
}
