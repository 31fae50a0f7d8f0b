#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The gateway's memory under load: explained, limited, given back, and what other allocators make of it.

    ./dev bench memory explain                # ten minutes of everything at once; 95 % explained at every second
    ./dev bench memory pressure               # a limit of 256 MB, 1,200 clients of whom 200 do not read
    ./dev bench memory burst                  # 5,000 full queues, and a minute later
    ./dev bench memory allocators             # the burst under glibc, jemalloc and mimalloc
    bench/memory/run.py pressure --short      # a test of every build

Results are kept in build/bench/memory/. Leaves 1 when something is not as it has to be. README.md has the details.
"""

import argparse
import datetime
import os
import pathlib
import resource
import sys

import allocators
import burst
import explain
import gateway
import machine
import pressure
import servers


def amount(text):
    """Bytes, such as 10MB."""
    units = {"KB": 1e3, "MB": 1e6, "GB": 1e9}
    return float(text[:-2]) * units[text[-2:].upper()] if text[-2:].upper() in units else float(text)


def add_burst(asked, clients):
    asked.add_argument("--clients", type=int, default=clients, help=f"default {clients:,}")
    asked.add_argument("--messages", type=int, default=40, help="for each client; default 40")
    asked.add_argument("--size", type=int, default=4000, help="bytes of each; default 4000")
    asked.add_argument("--hold", type=float, default=2,
                       help="seconds before the queues fill, and for which they stay full; default 2")
    asked.add_argument("--after", type=float, default=60, help="seconds to watch afterwards; default 60")


def add_pressure(asked):
    asked.add_argument("--limit", type=amount, default=256e6, metavar="BYTES", help="memory.limit; default 256MB")
    asked.add_argument("--clients", type=int, default=1200, help="default 1200")
    asked.add_argument("--stalled", type=int, default=200, help="of them; default 200")
    asked.add_argument("--size", type=int, default=16_000, help="bytes of an event; default 16000")
    asked.add_argument("--seconds", type=float, default=60, help="of each run; default 60")
    asked.add_argument("--written", type=amount, default=10e6, metavar="BYTES",
                       help="first run: bytes a second that are written to those that read; default 10MB")
    asked.add_argument("--byte-rate", type=amount, metavar="BYTES",
                       help="second run: bytes a second that are published; default: the highest that is held")
    asked.add_argument("--rates", type=amount, nargs="+", metavar="BYTES", help="to try for that, rising",
                       default=[0.25e6, 0.5e6, 0.75e6, 1e6, 1.25e6, 1.5e6, 2e6, 2.5e6, 3e6, 4e6, 6e6, 8e6, 10e6])
    asked.add_argument("--short", action="store_true", help="48 MB, 120 clients, 20 stalled, 700 events: the test")


def add_explain(asked):
    asked.add_argument("--minutes", type=float, default=10, help="default 10")
    asked.add_argument("--scale", type=float, default=1, help="of the numbers of clients")
    asked.add_argument("--no-tls", action="store_true", help="without the second gateway, which has TLS")


def add_allocators(asked):
    add_burst(asked, 5000)
    asked.add_argument("--idle", type=int, default=5000, help="idle clients; default 5000")
    asked.add_argument("--rounds", type=int, default=5, help="of echoes; default 5")
    asked.add_argument("--echo-seconds", type=float, default=2, help="each; default 2")
    asked.add_argument("--allocators", nargs="+", choices=allocators.ALLOCATORS, default=list(allocators.ALLOCATORS))


PARTS = {
    "explain": (explain.run, add_explain, "does /debug/memory say what all of it is for"),
    "pressure": (pressure.run, add_pressure, "does a limit hold, and who pays for it"),
    "burst": (burst.run, lambda asked: add_burst(asked, 5000), "does it come back after full queues"),
    "allocators": (allocators.run, add_allocators, "the same under other allocators"),
}


def arguments():
    asked = argparse.ArgumentParser(prog="./dev bench memory", description=__doc__.split("\n", maxsplit=1)[0],
                                    epilog="Results are kept in build/bench/memory/; bench/memory/README.md says more.")
    parts = asked.add_subparsers(dest="part", required=True, metavar="|".join(PARTS))
    for name, (_, add, words) in PARTS.items():
        part = parts.add_parser(name, help=words, description=words)
        part.add_argument("--build", type=pathlib.Path, default=gateway.ROOT / "build/release",
                          help="folder of the programs")
        add(part)
    return asked.parse_args()


def main():
    given = arguments()
    given.build = given.build.resolve()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    gateway.WORK.mkdir(parents=True, exist_ok=True)
    verdicts = gateway.Verdicts()
    record = {"date": datetime.date.today().isoformat(), "machine": machine.describe(gateway.ROOT)}
    record |= PARTS[given.part][0](given, verdicts)
    if given.part == "explain":
        explain.report(record, verdicts)
    record["verdicts"] = verdicts.found
    kept = gateway.keep(f"{given.part}-short" if getattr(given, "short", False) else given.part, record)
    status = verdicts.report()
    print(os.path.relpath(kept))
    return status


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, servers.Unavailable) as error:
        sys.exit(f"memory: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
