# SPDX-License-Identifier: MIT
"""Plots as SVG, from nothing but text: panels of rows with a dot (or bar) for the median and a line for the range.

Rows far apart get a logarithmic scale. Colours follow the reader's light or dark theme.
"""

import dataclasses
import math
from xml.sax.saxutils import escape

WIDTH = 880
LEFT, RIGHT = 235, 745  # the plot; labels stand left of it, values right
ROW = 26
HEAD = 56
FOOT = 30
FAR_APART = 6  # largest to least: from here on a logarithmic scale

STYLE = """
  svg { color-scheme: light dark; font-family: system-ui, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
  .page { fill: #ffffff; } .title { fill: #1b2128; font-size: 15px; font-weight: 600; }
  .unit, .tick { fill: #68727d; font-size: 12px; } .label { fill: #2b333b; font-size: 13px; }
  .value { fill: #2b333b; font-size: 13px; font-variant-numeric: tabular-nums; } .strong { font-weight: 600; }
  .grid { stroke: #e3e7eb; } .base { stroke: #9aa4ae; }
  .ours { fill: #0a7f76; stroke: #0a7f76; } .ours-too { fill: #56b3a8; stroke: #56b3a8; }
  .floor { fill: #ffffff; stroke: #5d6873; } .other { fill: #8794a8; stroke: #8794a8; }
  .bar-mark { stroke: #c2410c; stroke-width: 2.5; }
  @media (prefers-color-scheme: dark) {
    .page { fill: #12161b; } .title { fill: #f0f3f6; } .unit, .tick { fill: #98a3ae; }
    .label, .value { fill: #dbe1e7; } .grid { stroke: #29313a; } .base { stroke: #66717c; }
    .ours { fill: #34c9ba; stroke: #34c9ba; } .ours-too { fill: #1f8a80; stroke: #1f8a80; }
    .floor { fill: #12161b; stroke: #a9b4bf; } .other { fill: #76839a; stroke: #76839a; }
    .bar-mark { stroke: #fb923c; }
  }"""


@dataclasses.dataclass(frozen=True)
class Dot:
    median: float
    least: float
    most: float
    kind: str  # ours, ours-too, floor, other


@dataclasses.dataclass(frozen=True)
class Row:
    label: str
    dots: tuple
    value: str
    limit: float | None = None  # where the bar is
    is_strong: bool = False


@dataclasses.dataclass(frozen=True)
class Panel:
    title: str
    unit: str
    rows: tuple
    base: float | None = None  # a line through all rows
    always_log: bool = False

    @property
    def height(self):
        return HEAD + ROW * len(self.rows) + FOOT


class Scale:
    def __init__(self, panel):
        values = [v for row in panel.rows for dot in row.dots for v in (dot.least, dot.most)]
        values += [row.limit for row in panel.rows if row.limit] + ([panel.base] if panel.base else [])
        self.least, self.most = min(values), max(values)
        self.is_log = self.least > 0 and (panel.always_log or self.most / self.least > FAR_APART)
        if self.is_log:
            self.low, self.high = math.log10(self.least) - 0.06, math.log10(self.most) + 0.06
        else:
            self.low, self.high = 0, self.most * 1.05 or 1

    def x(self, value):
        at = math.log10(value) if self.is_log else value
        return LEFT + (at - self.low) / (self.high - self.low) * (RIGHT - LEFT)

    def ticks(self):
        if not self.is_log:
            step = 10 ** math.floor(math.log10(self.high))
            step = next(s for s in (step, step / 2, step / 5, step / 10) if self.high / s >= 4)
            return [step * i for i in range(int(self.high / step) + 1)]
        decades = range(math.floor(self.low), math.ceil(self.high) + 1)
        parts = (1,) if self.high - self.low > 3 else (1, 2, 5)
        found = [part * 10.0 ** decade for decade in decades for part in parts]
        return [tick for tick in found if self.low <= math.log10(tick) <= self.high]


def text(x, y, words, kind, anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'


def line(x1, y1, x2, y2, kind, more=""):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}" {more}/>'


def mark(scale, dot, y):
    out = []
    x = scale.x(dot.median)
    if not scale.is_log:
        out.append(f'<rect x="{LEFT}" y="{y - 7:.1f}" width="{max(x - LEFT, 1):.1f}" height="14" rx="2" '
                   f'class="{dot.kind}" fill-opacity="0.85"/>')
    if dot.most > dot.least:
        out.append(line(scale.x(dot.least), y, scale.x(dot.most), y, dot.kind, 'stroke-width="2"'))
    if scale.is_log:
        out.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5.5" class="{dot.kind}" stroke-width="2"/>')
    return out


def draw_panel(panel, top):
    scale = Scale(panel)
    begin, end = top + HEAD - 6, top + HEAD + ROW * len(panel.rows)
    out = [text(20, top + 24, panel.title, "title")]
    out.append(text(20, top + 42, panel.unit + (", logarithmic scale" if scale.is_log else ""), "unit"))
    for tick in scale.ticks():
        x = scale.x(tick)
        out.append(line(x, begin, x, end, "grid"))
        out.append(text(x, end + 16, f"{tick:,.6g}", "tick", "middle"))
    if panel.base:
        out.append(line(scale.x(panel.base), begin, scale.x(panel.base), end, "base", 'stroke-dasharray="4 3"'))
    for at, row in enumerate(panel.rows):
        y = top + HEAD + ROW * (at + 0.5)
        strong = " strong" if row.is_strong else ""
        out.append(text(LEFT - 12, y + 4.5, row.label, "label" + strong, "end"))
        for dot in sorted(row.dots, key=lambda dot: dot.kind == "ours"):
            out += mark(scale, dot, y)
        if row.limit:
            out.append(line(scale.x(row.limit), y - 9, scale.x(row.limit), y + 9, "bar-mark"))
        out.append(text(RIGHT + 12, y + 4.5, row.value, "value" + strong))
    return out


def legend(entries, y):
    out, x = [], 20
    for kind, words in entries:
        if kind == "bar-mark":
            out.append(line(x + 5, y - 8, x + 5, y + 8, kind))
        elif kind == "base":
            out.append(line(x + 5, y - 8, x + 5, y + 8, kind, 'stroke-dasharray="4 3"'))
        else:
            out.append(f'<circle cx="{x + 5}" cy="{y}" r="5.5" class="{kind}" stroke-width="2"/>')
        out.append(text(x + 17, y + 4.5, words, "unit"))
        x += 40 + 6.6 * len(words)
    return out


def draw(title, panels, entries):
    """The text of a picture: panels from top to bottom, then the legend."""
    body, top = [], 6
    for panel in panels:
        body += draw_panel(panel, top)
        top += panel.height
    body += legend(entries, top + 12)
    height = top + 34
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="{escape(title, {chr(34): "&quot;"})}">',
        f"<style>{STYLE}\n</style>", f'<rect width="{WIDTH}" height="{height}" rx="8" class="page"/>',
        *body, "</svg>", ""])
