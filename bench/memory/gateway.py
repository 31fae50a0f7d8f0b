# SPDX-License-Identifier: MIT
"""The gateway under observation: starts one with a log of its own, looks at its memory, runs encke-bench against it."""

import dataclasses
import json
import pathlib
import re
import sys
import threading
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench/report"))
import measure  # noqa: E402
import plan  # noqa: E402
import servers  # noqa: E402

WORK = ROOT / "build/bench/memory"
MIB = 1024 * 1024
COMMAND = ("serve", "--listen", "127.0.0.1:0", "--api-listen", "127.0.0.1:0", "--secret", "{secret}",
           "--auth-user-claim", "uid", "--log-format", "json", "--log-level", "info")
# Limits for one client so wide that they cannot act; nobody is taken for dead because it does not read.
WIDE = ("--limits-outbox-bytes", "1GiB", "--limits-outbox-messages", "1000000", "--engine-ping-interval", "60s",
        "--engine-ping-timeout", "1h")
TO_ALL = '{"all":true,"event":"news","args":[{data}]}'
TO_USER = '{"users":["{user}"],"event":"push","args":[{data}]}'


class Gateway:
    """A running gateway. `preload` is a library that goes before its own malloc."""

    def __init__(self, name, build, flags=(), preload=None, is_tls=False):
        WORK.mkdir(parents=True, exist_ok=True)
        self.build, self.log = build, WORK / f"{name}.log"
        self.log.unlink(missing_ok=True)
        before = ("env", f"LD_PRELOAD={preload}") if preload else ()
        command = (*before, "{build}/encke", *COMMAND, *flags, *(plan.TLS if is_tls else ()))
        server = plan.Server(name, name, command, pinned=False, is_gateway=True, is_tls=is_tls)
        self.process = servers.Process(server, {"build": build.resolve(), "work": WORK})
        self.port, self.api, self.pid = self.process.port, self.process.api, self.process.pid

    def stop(self):
        self.process.stop()

    def ask(self, path, method="GET"):
        request = urllib.request.Request(f"http://127.0.0.1:{self.api}{path}", method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def records(self):
        """What it logged: objects with `ts`, `level`, `msg` and fields."""
        for line in self.log.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith('{"ts"'):
                yield json.loads(line)

    def load(self, scenario, *arguments, body=TO_USER, limit=120, port=None, on_start=None):
        """Runs encke-bench and gives its result; raises Unavailable when it has none. `on_start` gets the process."""
        command = [str(self.build / "encke-bench"), scenario, *map(str, arguments)]
        command += ["--url", f"ws://127.0.0.1:{port or self.port}/socket.io/", "--secret", plan.SECRET]
        command += ["--pid", str(self.pid), "--json", "-", "--quiet"]
        command += ["--publish-url", f"http://127.0.0.1:{self.api}/v1/emit", "--publish-body", body]
        result = measure.generate(command, limit, False, on_start)
        if "failed" in result:
            raise servers.Unavailable(f"{scenario}: {result['failed']}")
        return result

    def is_alive(self):
        return self.process.is_alive()


def rss_of(pid):
    """Exact, unlike the figure in statm, and as cheap as the process is small."""
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return int(re.search(r"^Rss:\s+(\d+)", text, re.M)[1]) * 1024


def most_rss_of(pid):
    """The most it ever was, by the kernel's own count: no sample can miss it."""
    text = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"^VmHWM:\s+(\d+)", text, re.M)[1]) * 1024


class Watch(threading.Thread):
    """Calls `look` every `step` seconds and keeps what it gives, with the time. `with` starts and ends it."""

    def __init__(self, step, look):
        super().__init__(daemon=True)
        self.step, self.look, self.samples, self.missed, self.ended = step, look, [], 0, threading.Event()

    def run(self):
        due = time.monotonic()
        while not self.ended.is_set():
            try:
                self.samples.append((time.time(), self.look()))
            except (OSError, ValueError, urllib.error.URLError):
                self.missed += 1
            due = max(due + self.step, time.monotonic())
            self.ended.wait(due - time.monotonic())

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.join(60)


@dataclasses.dataclass
class Verdicts:
    """What has to be so, and whether it is."""

    found: list = dataclasses.field(default_factory=list)

    def add(self, is_so, words):
        self.found.append((bool(is_so), words))

    def report(self):
        for is_so, words in self.found:
            print("PASS" if is_so else "FAIL", words)
        return 0 if all(is_so for is_so, _ in self.found) else 1


def keep(name, record):
    target = WORK / f"{name}.json"
    target.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return target


def mib(count):
    return f"{count / MIB:.1f} MiB"
