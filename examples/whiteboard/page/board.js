// SPDX-License-Identifier: MIT
// Draws what the pointer draws and what others have drawn. A stroke is a Uint16Array: hue, then x and y of each point,
// in thousandths of the board.
'use strict';

const canvas = document.querySelector('canvas');
const paper = canvas.getContext('2d');
const socket = io();
const hue = Math.floor(Math.random() * 360);
const cursors = new Map();
let strokes = [];
let mine = null;

function draw(stroke) {
  paper.strokeStyle = `hsl(${stroke[0]} 80% 45%)`;
  paper.lineWidth = 3;
  paper.lineCap = paper.lineJoin = 'round';
  paper.beginPath();
  for (let i = 1; i + 1 < stroke.length; i += 2)
    paper.lineTo((stroke[i] / 1000) * canvas.width, (stroke[i + 1] / 1000) * canvas.height);
  paper.stroke();
}

function keep(stroke) {
  strokes.push(stroke);
  document.body.dataset.strokes = strokes.length;
  draw(stroke);
}

function redraw() {
  canvas.width = innerWidth;
  canvas.height = innerHeight;
  strokes.forEach(draw);
}

const place = (event) => [event.clientX / innerWidth, event.clientY / innerHeight];

canvas.addEventListener('pointerdown', () => (mine = [hue]));
canvas.addEventListener('pointermove', (event) => {
  const [x, y] = place(event);
  socket.emit('cursor', x, y);
  if (!mine) return;
  mine.push(Math.round(x * 1000), Math.round(y * 1000));
  draw(mine);
});
addEventListener('pointerup', () => {
  if (mine?.length > 4) {
    const stroke = Uint16Array.from(mine);
    keep(stroke);
    socket.emit('stroke', stroke);
  }
  mine = null;
});
document.querySelector('#clear').addEventListener('click', () => socket.emit('clear'));
addEventListener('resize', redraw);

socket.on('connect', () => {
  wipe(); // the server sends what there is
  document.querySelector('#state').textContent = 'connected';
});
socket.on('disconnect', () => (document.querySelector('#state').textContent = 'connecting'));
socket.on('stroke', (bytes) => keep(new Uint16Array(bytes)));
socket.on('clear', wipe);
socket.on('cursor', (id, x, y) => {
  if (!cursors.has(id)) cursors.set(id, document.body.appendChild(Object.assign(document.createElement('i'), { className: 'cursor' })));
  Object.assign(cursors.get(id).style, { left: `${x * innerWidth}px`, top: `${y * innerHeight}px` });
});
socket.on('gone', (id) => {
  cursors.get(id)?.remove();
  cursors.delete(id);
});

function wipe() {
  strokes = [];
  document.body.dataset.strokes = 0;
  redraw();
}
redraw();
