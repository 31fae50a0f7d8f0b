# SPDX-License-Identifier: MIT
"""The picture of a leak: memory over refused tokens, a line for each server, and what is left of it afterwards."""

import dataclasses
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "report"))
import svg  # noqa: E402

LEFT, RIGHT, TOP, BOTTOM = 70, 560, 64, 364
BESIDE = RIGHT + 14  # where the words of a line begin
LINE = 17
STYLE = """
  .plotted { stroke-width: 2.5; stroke-linejoin: round; } .plotted.ours, .plotted.other, .plotted.leaks { fill: none; }
  .leaks { stroke: #c2410c; fill: #c2410c; }
  @media (prefers-color-scheme: dark) { .leaks { stroke: #fb923c; fill: #fb923c; } }"""


@dataclasses.dataclass(frozen=True)
class Line:
    kind: str  # ours, other, leaks
    points: tuple  # of (refused, MiB)
    words: tuple  # beside its end; the first one is strong


class Scale:
    def __init__(self, lines):
        self.most_x = max(x for line in lines for x, _ in line.points) or 1
        self.most_y = max(y for line in lines for _, y in line.points) * 1.08 or 1

    def x(self, value):
        return LEFT + value / self.most_x * (RIGHT - LEFT)

    def y(self, value):
        return BOTTOM - value / self.most_y * (BOTTOM - TOP)


def step_of(most):
    """A round distance that gives four to eight ticks."""
    step = 10 ** len(str(int(most)))
    while most / step < 4:
        step /= 2 if str(step)[0] in "1" else 2.5 if str(step)[0] == "5" else 2
    return step


def ticks(most):
    step = step_of(most)
    return [step * i for i in range(int(most / step) + 1)]


def grid(scale):
    out = []
    for tick in ticks(scale.most_y):
        out.append(svg.line(LEFT, scale.y(tick), RIGHT, scale.y(tick), "grid"))
        out.append(svg.text(LEFT - 8, scale.y(tick) + 4, f"{tick:,.6g}", "tick", "end"))
    for tick in ticks(scale.most_x):
        out.append(svg.text(scale.x(tick), BOTTOM + 18, f"{tick:,.6g}", "tick", "middle"))
    out.append(svg.line(LEFT, BOTTOM, RIGHT, BOTTOM, "base"))
    return out


def places(lines, scale):
    """Where the words of each line stand: beside its end, but never over those of the one below."""
    found, below = {}, BOTTOM + 8
    for line in sorted(lines, key=lambda line: line.points[-1][1]):
        height = LINE * len(line.words)
        top = min(scale.y(line.points[-1][1]) + 5, below - height + LINE - 6)
        found[line], below = top, top - LINE - 2
    return found


def draw_line(line, scale, top):
    points = " ".join(f"{scale.x(x):.1f},{scale.y(y):.1f}" for x, y in line.points)
    out = [f'<polyline points="{points}" class="plotted {line.kind}"/>']
    x, y = line.points[-1]
    out.append(f'<circle cx="{scale.x(x):.1f}" cy="{scale.y(y):.1f}" r="4" class="{line.kind}"/>')
    for at, words in enumerate(line.words):
        out.append(svg.text(BESIDE, top + at * LINE, words, "unit" if at else "value strong"))
    return out


def draw(title, unit, axis, lines):
    """The text of the picture."""
    scale = Scale(lines)
    body = [svg.text(20, 30, title, "title"), svg.text(20, 48, unit, "unit"), *grid(scale)]
    body.append(svg.text((LEFT + RIGHT) / 2, BOTTOM + 38, axis, "unit", "middle"))
    where = places(lines, scale)
    for line in lines:
        body += draw_line(line, scale, where[line])
    height = BOTTOM + 56
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {svg.WIDTH} {height}" width="{svg.WIDTH}" '
        f'height="{height}" role="img" aria-label="{svg.escape(title)}">',
        f"<style>{svg.STYLE}{STYLE}\n</style>",
        f'<rect width="{svg.WIDTH}" height="{height}" rx="8" class="page"/>', *body, "</svg>", ""])
