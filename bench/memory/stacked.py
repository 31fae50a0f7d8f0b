# SPDX-License-Identifier: MIT
"""The picture of memory over time: one area for each kind, stacked, and a line for what is measured beside them."""

import gateway  # noqa: F401  (puts bench/report on the path)
import svg

LEFT, RIGHT, TOP, BOTTOM = 70, 700, 64, 364
STYLE = """
  .a0 { fill: #0a7f76; } .a1 { fill: #7cc5bc; } .a2 { fill: #d9a441; } .a3 { fill: #a9b3bf; } .a4 { fill: #c2410c; }
  .over { fill: none; stroke: #1b2128; stroke-width: 1.5; } .over-too { stroke: #c2410c; stroke-dasharray: 5 4; }
  @media (prefers-color-scheme: dark) { .over { stroke: #f0f3f6; } .over-too { stroke: #fb923c; }
    .a0 { fill: #2fa79c; } .a1 { fill: #1f5f59; } .a2 { fill: #a87b24; } .a3 { fill: #4b5663; } }"""


def step_of(most):
    """A round distance that gives four to ten ticks."""
    step = 1e-3
    while most / step > 10:
        step *= 2.5 if f"{step:e}"[0] == "2" else 2
    return step


def scale(most, low, high):
    return lambda value: low + value / most * (high - low)


def grid(most_x, most_y, x, y, axis):
    out = []
    for at in range(int(most_y / step_of(most_y)) + 1):
        value = at * step_of(most_y)
        out.append(svg.line(LEFT, y(value), RIGHT, y(value), "grid"))
        out.append(svg.text(LEFT - 8, y(value) + 4, f"{value:,.6g}", "tick", "end"))
    for at in range(int(most_x / step_of(most_x)) + 1):
        value = at * step_of(most_x)
        out.append(svg.text(x(value), BOTTOM + 18, f"{value:,.6g}", "tick", "middle"))
    return [*out, svg.line(LEFT, BOTTOM, RIGHT, BOTTOM, "base"),
            svg.text((LEFT + RIGHT) / 2, BOTTOM + 38, axis, "unit", "middle")]


def areas(names, points, x, y):
    """`points` are (x, [bytes of each]); what is below nothing takes no place."""
    out, below = [], [0.0] * len(points)
    for at in range(len(names)):
        above = [base + max(0, values[at]) for base, (_, values) in zip(below, points)]
        edge = [f"{x(when):.1f},{y(top):.1f}" for top, (when, _) in zip(above, points)]
        edge += [f"{x(when):.1f},{y(base):.1f}" for base, (when, _) in reversed(list(zip(below, points)))]
        out.append(f'<polygon points="{" ".join(edge)}" class="a{at}"/>')
        below = above
    return out


def draw(title, unit, axis, names, points, lines=()):
    """The text of the picture. `lines` are (class, words, [(x, y)])."""
    most_x = max([when for when, _ in points] + [p[0] for _, _, some in lines for p in some]) or 1
    most_y = max([sum(max(0, one) for one in values) for _, values in points] +
                 [p[1] for _, _, some in lines for p in some]) * 1.06 or 1
    x, y = scale(most_x, LEFT, RIGHT), scale(most_y, BOTTOM, TOP)
    body = [svg.text(20, 30, title, "title"), svg.text(20, 48, unit, "unit"), *areas(names, points, x, y),
            *grid(most_x, most_y, x, y, axis)]
    for kind, _, some in lines:
        body.append(f'<polyline points="{" ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in some)}" class="{kind}"/>')
    top = TOP + 10
    for at in reversed(range(len(names))):
        body.append(f'<rect x="{RIGHT + 16}" y="{top - 6}" width="12" height="12" rx="2" class="a{at}"/>')
        body.append(svg.text(RIGHT + 35, top + 4.5, names[at], "label"))
        top += 22
    for kind, words, _ in lines:
        body.append(svg.line(RIGHT + 14, top, RIGHT + 30, top, kind))
        body.append(svg.text(RIGHT + 35, top + 4.5, words, "label"))
        top += 22
    height = BOTTOM + 56
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {svg.WIDTH} {height}" width="{svg.WIDTH}" '
        f'height="{height}" role="img" aria-label="{svg.escape(title)}">',
        f"<style>{svg.STYLE}{STYLE}\n</style>",
        f'<rect width="{svg.WIDTH}" height="{height}" rx="8" class="page"/>', *body, "</svg>", ""])
