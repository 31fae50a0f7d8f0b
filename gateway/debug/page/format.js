// SPDX-License-Identifier: MIT
// Figures as people read them. Bytes are in KiB, MiB and GiB, three digits; what is not known is a dash.

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
const minus = '\u2212';
const thousands = new Intl.NumberFormat('en', { useGrouping: true });

export const dash = '\u2013';

const known = (value) => typeof value === 'number' && Number.isFinite(value);

/** 1536 is "1.50 KiB". */
export function bytes(value) {
  if (!known(value)) return dash;
  let size = Math.abs(value), unit = 0;
  while (size >= 1023.5 && unit < units.length - 1) (size /= 1024), ++unit;
  const digits = unit === 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return `${value < 0 ? minus : ''}${size.toFixed(digits)} ${units[unit]}`;
}

/** With its sign: "+1.50 KiB", and "0" for none. */
export function change(value) {
  if (!known(value)) return dash;
  return value === 0 ? '0' : (value > 0 ? '+' : '') + bytes(value);
}

export const count = (value) => (known(value) ? thousands.format(value) : dash);

/** A ratio as per cent: 0.9834 is "98.3 %". */
export function percent(value) {
  if (!known(value)) return dash;
  const digits = value !== 0 && Math.abs(value) < 0.9995 ? 1 : 0;
  return `${value < 0 ? minus : ''}${(Math.abs(value) * 100).toFixed(digits)} %`;
}

/** 93784 seconds are "1 d 2 h". */
export function duration(seconds) {
  if (!known(seconds)) return dash;
  const s = Math.floor(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

/** Milliseconds somebody has waited. */
export function wait(ms) {
  if (!known(ms)) return dash;
  return ms < 1000 ? `${Math.round(ms)} ms` : ms < 60000 ? `${(ms / 1000).toFixed(1)} s` : duration(ms / 1000);
}

export const clock = (unix) => new Date(unix * 1000).toLocaleTimeString('en-GB');
