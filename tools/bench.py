#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures encke beside the floor and other Socket.IO servers, and writes the page of benchmarks.

`./dev bench` calls it: a short run on encke, the floor and Node, whose page stays in build/bench. `./dev bench peers`
is the long run on everybody, which writes docs/benchmarks.md. The plan is bench/report/plan.py.
"""

import argparse
import json
import os
import pathlib
import resource
import signal
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "bench/report"))
import measure  # noqa: E402
import page  # noqa: E402
import plan  # noqa: E402
import servers  # noqa: E402

WORK = ROOT / "build/bench"


def arguments():
    asked = argparse.ArgumentParser(prog="./dev bench", description=__doc__.split("\n", maxsplit=1)[0])
    asked.add_argument("mode", nargs="?", choices=("short", "peers"), default="short")
    asked.add_argument("--only", nargs="+", metavar="LOAD", default=[],
                       help="loads whose name contains one of the words: " + ", ".join(plan.RUNS))
    asked.add_argument("--servers", nargs="+", metavar="NAME", choices=plan.SERVERS, help=", ".join(plan.SERVERS))
    asked.add_argument("--rounds", type=int, help="5 unless told otherwise")
    asked.add_argument("--seconds", type=float, help="measured time of a round: 0.6, or 2 with peers")
    asked.add_argument("--merge", action="store_true", help="put what is measured into the last results of this mode")
    asked.add_argument("--report-only", action="store_true", help="make the page again from the last results")
    asked.add_argument("--page", type=pathlib.Path,
                       help="docs/benchmarks.md with peers, else build/bench/benchmarks.md")
    asked.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release", help="folder of the programs")
    asked.add_argument("--generator", help="another encke-bench")
    asked.add_argument("--targets", action="store_true", help="print what has to be built, and leave")
    return asked.parse_args()


def mode_of(given):
    if given.mode == "peers":
        ids = list(plan.SERVERS)
        seconds, warmup = 2, 1
    else:
        ids = plan.SHORT
        seconds, warmup = 0.6, 0.3
    mode = measure.Mode(given.mode, given.rounds or 5, given.seconds or seconds, warmup, given.servers or ids)
    mode.is_whole = not (given.only or given.servers) or given.merge
    return mode


def write_page(record, target):
    folder = target.parent / ("images/benchmarks" if target.parent == ROOT / "docs" else "images")
    folder.mkdir(parents=True, exist_ok=True)
    up = os.path.relpath(ROOT, target.parent) + "/"
    text, pictures = page.build(record, os.path.relpath(folder, target.parent), up)
    for name, picture in pictures.items():
        (folder / f"{name}.svg").write_text(picture, encoding="utf-8")
    target.write_text(text, encoding="utf-8")
    figures = page.Figures(record)
    for line in page.bars_table(figures):
        print(line.replace("<br>", "; "))
    print(f"{page.count_of(figures)}; {os.path.relpath(target)}")


def run(given, mode):
    generator = [given.generator or str(given.build / "encke-bench")]
    session = measure.Session(mode, given.only, generator, given.build.resolve(), WORK, given.merge)
    session.set_up()
    broken_off = False
    try:
        session.measure_all()
    except KeyboardInterrupt:
        broken_off = True
        measure.say("broken off; the page has what there is")
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        session.stop_all()
    return session.record.data, broken_off


def main():
    given = arguments()
    mode = mode_of(given)
    if given.targets:
        ids = set(mode.ids)
        print("encke-bench", *sorted({target for server in plan.SERVERS.values() if server.id in ids
                                      for target in server.targets}))
        return 0
    WORK.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    is_public = given.mode == "peers" and mode.is_whole
    target = (given.page or (ROOT / "docs" if is_public else WORK) / "benchmarks.md").resolve()
    if given.report_only:
        record, broken_off = json.loads((WORK / mode.file).read_text(encoding="utf-8")), False
    else:
        record, broken_off = run(given, mode)
    write_page(record, target)
    return 130 if broken_off else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, servers.Unavailable) as error:
        sys.exit(f"bench: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
