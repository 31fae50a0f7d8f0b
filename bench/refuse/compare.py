#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Processor time per refused handshake: encke's reference server beside socket.io on Node, under the same load.

    cmake --preset release && ninja -C build/release soak reference
    npm install --prefix build/refuse jsonwebtoken        # else tokens are checked with node:crypto
    bench/refuse/compare.py --build build/release

The client of the soak sends the load (`soak --against`); the servers take turns, each round another order, and their
user and system time is read from /proc. One worker against one Node process. Prints the median of the rounds.
"""
import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SECRET = "a secret for comparing, of enough bytes"
CLAIM = "uid"
WAYS = {
    "kept": "polling, connection kept",
    "closed": "polling, new connection",
    "upgrade": "WebSocket upgrade",
}


class Server:
    def __init__(self, name, command):
        self.name = name
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.port = re.search(r":(\d+)$", self.process.stdout.readline().strip()).group(1)
        self.pid = str(self.process.pid)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def servers(build):
    node = ["node", os.path.join(ROOT, "bench/refuse/node_server.js"), "--secret", SECRET, "--claim", CLAIM]
    node += ["--modules", os.path.join(ROOT, "build/refuse")]
    reference = os.path.join(build, "examples/reference")
    return [
        Server("encke", [reference, "--workers", "1", "--secret", SECRET, "--claim", CLAIM]),
        Server("Node allowRequest", node + ["--refuse", "allowRequest"]),
        Server("Node before socket.io", node + ["--refuse", "request"]),
    ]


def measure(build, server, way, count):
    command = [os.path.join(build, "soak"), "--against", server.port, "--pid", server.pid, "--secret", SECRET]
    command += ["--claim", CLAIM, "--way", way, "--refused", str(count), "--any-refusal"]
    command += ["--without", "missing_token", "wrong_issuer", "wrong_audience"]
    ran = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    result = json.loads(ran.stdout)
    if ran.returncode != 0:
        sys.exit(f"{server.name}, {way}: {result['failed']} of {count} were not refused as they should")
    return result


def machine():
    with open("/proc/cpuinfo") as info:
        model = re.search(r"model name\s*: (.*)", info.read()).group(1)
    return f"{model}, {os.cpu_count()} CPUs, Linux {platform.release()}"


def version_of_node():
    return subprocess.run(["node", "--version"], stdout=subprocess.PIPE, text=True).stdout.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(ROOT, "build/release"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=30000, help="handshakes of one measurement")
    given = parser.parse_args()

    running = servers(given.build)
    try:
        taken = {(s.name, way): [] for s in running for way in WAYS}
        for turn in range(given.rounds):
            order = running[turn % len(running):] + running[: turn % len(running)]
            for way in WAYS:
                for server in order:
                    result = measure(given.build, server, way, given.count)
                    taken[server.name, way].append(result["cpu_us"])
                    print(f"round {turn + 1}  {way:8} {server.name:22} {result['cpu_us']:8.1f} us", file=sys.stderr)
    finally:
        for server in running:
            server.stop()

    print(f"{machine()}; Node {version_of_node()}; {given.rounds} rounds of {given.count}\n")
    print("us of processor time per refused handshake, median (least to most)\n")
    print(f"| way | {' | '.join(s.name for s in running)} | Node / encke |")
    print("|---|" + "---:|" * (len(running) + 1))
    for way, title in WAYS.items():
        values = [taken[s.name, way] for s in running]
        cells = [f"{statistics.median(v):.1f} ({min(v):.1f} to {max(v):.1f})" for v in values]
        ratios = [f"{statistics.median(v) / statistics.median(values[0]):.1f}" for v in values[1:]]
        print(f"| {title} | {' | '.join(cells)} | {', '.join(ratios)} |")


if __name__ == "__main__":
    main()
