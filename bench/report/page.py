# SPDX-License-Identifier: MIT
"""docs/benchmarks.md and its plots, from one record of results. `./dev bench --report-only` makes them again."""

import plan
import svg
from figures import Figures, number

PLOTS = (
    ("echo", "Echo", ("echo-64", "echo-1k", "echo-piped", "echo-5000", "latency")),
    ("broadcast", "Broadcasts", ("broadcast-1000", "broadcast-10000", "burst-10000", "rooms")),
    ("door", "Coming, going, being refused", ("churn", "upgrade", "upgrade-echo", "refuse")),
    ("http", "Polling and publishing", ("polling", "publish")),
    ("idle", "Many idle connections", ("idle-memory", "idle-cpu", "idle-back")),
)
KINDS = {"libencke": "ours", "gateway": "ours-too", "floor": "floor"}
LEGEND = (("ours", "libencke"), ("ours-too", "encke gateway"), ("floor", "floor"), ("other", "others"),
          ("bar-mark", "bar for encke"))
FIGURE = {figure.id: figure for figure in plan.FIGURES}


def label(id):
    return plan.SERVERS[id].label


def limit_of(figures, figure, id):
    """The strictest bar in the figure's own unit, None without one."""
    limits = []
    for bar in figure.bars if id in figure.subjects else ():
        other = figures.of(figure, bar.against) if bar.against else None
        if other or not bar.against:
            limits.append(bar.limit * (other.median if other else 1))
    return min(limits, default=None)


def dot(sample, id, scale=1.0):
    return svg.Dot(sample.median / scale, sample.least / scale, sample.most / scale, KINDS.get(id, "other"))


# ---- plots ----------------------------------------------------------------------------------------------------------


def overview(figures):
    """Each figure of processor time as a part of Node's, so that all fit on one scale."""
    rows = []
    for figure in plan.FIGURES:
        node = figures.of(figure, "node-ws")
        mine = [id for id in ("floor", "gateway", "libencke") if figures.of(figure, id)]
        if not node or not node.median or not mine or figure.metric is not plan.cpu:
            continue
        dots = tuple(dot(figures.of(figure, id), id, node.median) for id in mine)
        best = "libencke" if "libencke" in mine else "gateway"
        times = figures.ratio(figure, "node-ws", best) if best in mine else None
        limit = limit_of(figures, figure, best)
        rows.append(svg.Row(short(figure), dots, f"{number(times)} x less" if times else "",
                            limit / node.median if limit else None))
    if not rows:
        return None
    panel = svg.Panel("Processor time of the same work, beside socket.io on Node", "Node = 1", tuple(rows), 1.0, True)
    return svg.draw(panel.title, [panel], (*LEGEND[:3], ("base", "Node/ws"), LEGEND[4]))


SHORT = {"echo-64": "echo 64 B", "echo-1k": "echo 1 KB", "echo-piped": "echo, 16 under way",
         "echo-5000": "echo, 5000 clients", "burst-10000": "burst to 10,000", "rooms": "rooms",
         "churn": "connect and close", "refuse": "refused token",
         "polling": "echo by polling", "publish": "publish by HTTP", "broadcast-1000": "broadcast to 1000",
         "broadcast-10000": "broadcast to 10,000"}


def short(figure):
    return SHORT.get(figure.id, figure.title)


def panel_of(figures, figure):
    found = [(figures.of(figure, id), id) for id in plan.RUNS[figure.run].servers if figures.of(figure, id)]
    rows = tuple(
        svg.Row(label(id), (dot(sample, id),), number(sample.median), limit_of(figures, figure, id),
                id in ("libencke", "gateway"))
        for sample, id in sorted(found, key=lambda pair: pair[0].median))
    return svg.Panel(figure.title, figure.unit, rows) if rows else None


def plots(figures):
    """Pairs of a file's name and its text."""
    if first := overview(figures):
        yield "overview", "Processor time beside Node", first
    for name, title, ids in PLOTS:
        panels = [panel for id in ids if (panel := panel_of(figures, FIGURE[id]))]
        if panels:
            yield name, title, svg.draw(title, panels, LEGEND)


# ---- tables ---------------------------------------------------------------------------------------------------------


def cell(figures, figure, id):
    sample = figures.of(figure, id)
    if not sample:
        return "missing"
    words = number(sample.median)
    if sample.count > 1:
        words += f" ({number(sample.least)}–{number(sample.most)})"
    if sample.errors:
        words += f", {sample.errors} errors"
    return words + (" †" if sample.was_generator_bound else "")


def verdict_text(verdict):
    bar = verdict.bar
    name = f" × {label(bar.against)}" if bar.against else ""
    if verdict.value is None:
        return f"missing (≤ {bar.limit:g}{name})"
    return f"{'✅ pass' if verdict.word == 'pass' else '❌ short'}: {number(verdict.value)}{name} (≤ {bar.limit:g})"


def table(header, lines, align):
    rows = [header, *lines]
    drawn = ["| " + " | ".join(row) + " |" for row in rows]
    return [drawn[0], "|" + "|".join(align) + "|", *drawn[1:]]


def bars_table(figures):
    lines = []
    for figure in plan.FIGURES:
        if not figure.bars:
            continue
        for id in figure.subjects:
            verdicts = "<br>".join(verdict_text(verdict) for verdict in figures.verdicts(figure, id))
            sample = figures.of(figure, id)
            lines.append([figure.title, figure.unit, label(id), cell(figures, figure, id), verdicts,
                          str(sample.count if sample else 0)])
    return table(["load", "unit", "server", "median (range)", "against its bars", "rounds"], lines,
                 ["---", "---", "---", "---:", "---", "---:"])


def missing_list(figures):
    """Why what is judged, or compared with, is not there."""
    out = []
    for figure in plan.FIGURES:
        for id in dict.fromkeys([*figure.subjects, *(bar.against for bar in figure.bars if bar.against)]):
            if figure.bars and not figures.of(figure, id):
                out.append(f"- {figure.title}, {label(id)}: {figures.why_missing(figure, id)}")
    return out


def all_table(figures):
    ids = [id for id in plan.SERVERS if id in plan.DOOR]
    ids = [id for id in ids if any(figures.of(figure, id) for figure in plan.FIGURES)]
    lines = []
    for figure in plan.FIGURES:
        run = plan.RUNS[figure.run]
        if any(id in run.servers and figures.of(figure, id) for id in ids):
            cells = [cell(figures, figure, id) if id in run.servers else "" for id in ids]
            lines.append([f"{figure.title}<br>*{figure.unit}*", *cells])
    return table(["load", *map(label, ids)], lines, ["---", *["---:"] * len(ids)])


# ---- the page -------------------------------------------------------------------------------------------------------


def count_of(figures):
    judged = [(figure, id) for figure in plan.FIGURES for id in figure.subjects]
    words = [verdict.word for figure, id in judged for verdict in figures.verdicts(figure, id)]
    return f"{words.count('pass')} bars passed, {words.count('short')} short, {words.count('missing')} missing"


def conditions(record):
    machine = record["machine"]
    pinned = ("Pinned: the server has one core, the generator the other, except where workers are compared."
              if record["is_pinned"] else "There is one core only: server and generator share it.")
    return [
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB, {machine['kernel']}; "
        f"{machine['compiler']}, release build; commit {machine['commit']}; {record['date']}. {pinned}"]


def versions(record):
    return [f"- {label(id)}: {words}" for id, words in record["versions"].items()]


def unavailable(record):
    return [f"- {label(id)} is not measured: `{why}`" for id, why in record["unavailable"].items()]


INTRODUCTION = """\
What the same work costs on encke, on the *floor*, and on other Socket.IO servers. Each server runs the same small
application ([what it does](%(up)sbench/peers/README.md)); the [floor](%(up)sbench/limit) is that application alone in
C++ on epoll, with no features, no limits and no checks beyond the token's: it says what the machine can do. The
[generator](%(up)sbench/load) is the same for all.

CPU is user and system time of the server's process, read from the kernel, divided by what was done meanwhile. Servers
take turns, round by round; a figure is the median of its rounds, with the least and the most. Lower is better.
"""

AGAIN = """\
```sh
./dev bench           # encke, the floor and Node, in less than ten minutes
./dev bench peers     # everything on this page
./dev bench micro     # codecs, fan-out, timers alone
```

Raw results are in `build/bench/*.json`; `./dev bench peers --report-only` makes this page from them again.
"""


def build(record, folder, up):
    """The page's text, and the plots as {name: text}. `folder` leads to the plots, `up` to the root."""
    figures = Figures(record)
    drawn = list(plots(figures))
    by_name = {name: (title, f"![{title}]({folder}/{name}.svg)") for name, title, _ in drawn}
    out = ["# Benchmarks", "", INTRODUCTION % {"up": up}]
    if "overview" in by_name:
        out += [by_name["overview"][1], ""]
    out += ["## The bars", "", f"{count_of(figures)}.", "", *bars_table(figures), ""]
    if any(sample.was_generator_bound for sample in figures.samples.values()):
        out += ["† The generator, not the server, was the bottleneck; CPU per message holds all the same.", ""]
    if lost := missing_list(figures):
        out += ["Missing:", "", *lost, ""]
    out += ["## Everybody", ""]
    for name, (title, picture) in by_name.items():
        if name != "overview":
            out += [f"### {title}", "", picture, ""]
    out += ["### In numbers", "", *all_table(figures), "", *unavailable(record), ""]
    out += ["## Conditions", "", *conditions(record), "", *versions(record), "", "## Again", "", AGAIN]
    text = "\n".join(out).rstrip("\n") + "\n"
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text, {name: picture for name, _, picture in drawn}
