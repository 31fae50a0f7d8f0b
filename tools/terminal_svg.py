#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draws what a program left on the screen of a terminal: from the answer of tests/e2e/terminal.py to an SVG.

  tests/e2e/terminal.py --size 110x34 wait:PART sleep:3 key:q -- encke top | tools/terminal_svg.py --size 110x34 out.svg

Knows what `encke top` writes: colours, moving home, clearing. The screen is taken as it was before the program left it.
"""

import html
import json
import re
import sys

CELL, LINE, MARGIN, BASELINE = 7.8, 17, 16, 13
INK = {None: "#d5dde5", "31": "#f07a72", "32": "#5fd38d", "33": "#e8b75a", "34": "#78a6e8", "35": "#cf8fd6",
       "36": "#57c7c0"}
GROUND = "#11181e"
BLOCKS = " ▏▎▍▌▋▊▉█"  # eighths of a cell
NBSP = "\u00a0"  # plain ones would be taken together
LEFT = "\x1b[?1049l"
TOKEN = re.compile(r"\x1b\[(\??[\d;]*)([A-Za-z])|(\r)|(\n)|([^\x1b\r\n])", re.S)


class Screen:
    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.clear()

    def clear(self):
        self.cells = [[(" ", frozenset())] * self.columns for _ in range(self.rows)]
        self.row = self.column = 0
        self.style = frozenset()

    def erase_line(self):
        self.cells[self.row][self.column :] = [(" ", frozenset())] * (self.columns - self.column)

    def write(self, text):
        for code, letter, back, down, character in TOKEN.findall(text):
            if letter == "m":
                self.style = frozenset() if code in ("", "0") else self.style | set(code.split(";"))
            elif letter == "H":
                self.row = self.column = 0
            elif letter == "K":
                self.erase_line()
            elif letter == "J" and code == "2":
                self.clear()
            elif back:
                self.column = 0
            elif down:
                self.row = min(self.row + 1, self.rows - 1)
            elif character and self.column < self.columns:
                self.cells[self.row][self.column] = (character, self.style)
                self.column += 1


def runs(cells):
    """[(column, text, style), ...] of one line."""
    found = []
    for column, (character, style) in enumerate(cells):
        if found and found[-1][2] == style:
            found[-1][1] += character
        else:
            found.append([column, character, style])
    return found


def draw(screen):
    width, height = screen.columns * CELL + 2 * MARGIN, screen.rows * LINE + 2 * MARGIN
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" font-family="ui-monospace, SF Mono, DejaVu Sans Mono, Menlo, Consolas, monospace" '
        'font-size="13">',
        f'<rect width="100%" height="100%" rx="8" fill="{GROUND}"/>',
    ]
    for number, cells in enumerate(screen.cells):
        top = MARGIN + number * LINE
        for column, text, style in runs(cells):
            left, length = MARGIN + column * CELL, len(text) * CELL
            ink = next((INK[code] for code in style if code in INK), INK[None])
            if "7" in style:
                out.append(f'<rect x="{left:.1f}" y="{top}" width="{length:.1f}" height="{LINE}" fill="{INK[None]}"/>')
                ink = GROUND
            if not text.strip():
                continue
            if not text.strip(BLOCKS):
                filled = sum(BLOCKS.index(block) for block in text) / 8 * CELL
                size = f'width="{filled:.1f}" height="{LINE - 6}"'
                out.append(f'<rect x="{left:.1f}" y="{top + 3}" {size} fill="{ink}"/>')
                continue
            weight = ' font-weight="bold"' if "1" in style else ""
            fade = ' fill-opacity="0.6"' if "2" in style else ""
            out.append(
                f'<text x="{left:.1f}" y="{top + BASELINE}" textLength="{length:.1f}" lengthAdjust="spacingAndGlyphs" '
                f'fill="{ink}"{weight}{fade}>{html.escape(text).replace(" ", NBSP)}</text>'
            )
    return "\n".join([*out, "</svg>", ""])


def main(arguments):
    _, size, path = arguments
    screen = Screen(*map(int, size.split("x")))
    text = json.load(sys.stdin)["output"]
    screen.write(text[: text.rfind(LEFT)] if LEFT in text else text)
    with open(path, "w", encoding="utf-8") as out:
        out.write(draw(screen))


if __name__ == "__main__":
    main(sys.argv[1:])
