# SPDX-License-Identifier: MIT
"""Explain: does /debug/memory say what all of the memory is for, at every second of a mixed load?

Two gateways at once, one without and one with TLS, each under the same mix, smaller with TLS.
"""

import dataclasses
import itertools
import pathlib
import re
import statistics
import subprocess
import sys
import threading
import time

import gateway
import measure
import servers
import stacked

BAR = 0.95
KINDS = ("clients", "server", "allocator", "process", "unexplained")
FLAGS = ("--limits-outbox-bytes", "200KB")


@dataclasses.dataclass(frozen=True)
class Load:
    """One part of the mix: calls of encke-bench, one after the other, until the time is over."""

    name: str
    turns: tuple  # of arguments, taken in turn; {n} is a number of clients
    clients: int  # in the gateway without TLS
    seconds: float = 20  # each
    pause: float = 1
    body: str = gateway.TO_USER


MIX = (
    Load("visits", (("churn", "--rate", "40"), ("churn", "--rate", "40", "--leave", "drop")), 20),
    Load("crowd", (("idle", "--leaving", "0"), ("idle", "--leaving", "0", "--leave", "drop")), 1500, 25, 5),
    Load("refused", tuple(("refuse", "--rate", "100", "--flaw", flaw, "--transport", how) for flaw, how in
                          itertools.product(("signature", "expired", "malformed"), ("polling", "websocket"))), 8),
    Load("polling", (("publish", "--transport", "polling", "--rate", "100", "--size", "500"),), 100, 30),
    Load("push", (("publish", "--rate", "500", "--batch", "10"),), 300, 30),
    Load("news", (("broadcast", "--by", "http", "--rate", "2", "--size", "2000"),), 50, 30, 1, gateway.TO_ALL),
    Load("stalled", (("slow", "--by", "http", "--stalled", "0.2", "--byte-rate", "40000", "--size", "2000"),), 100, 15,
         3, gateway.TO_ALL),
    Load("burst", tuple(("fill", "--count", "50", "--size", "3000", "--batch", "100", "--hold", "2", "--leaving", "1",
                         "--then", then) for then in ("read", "leave")), 300, 20, 8),
)


def repeat(load, at, port, share, end, errors):
    """Until `end`. What encke-bench complains about is kept: some of it is meant, such as readers that are cut."""
    for turn in itertools.cycle(load.turns):
        left = end - time.monotonic()
        if left < 2 or not at.is_alive():
            return
        scenario, *arguments = turn
        count = max(2, round(load.clients * share))
        arguments += ["--connections", count, "--seconds", min(load.seconds, left), "--warmup", "0"]
        try:
            at.load(scenario, *arguments, body=load.body, port=port, limit=load.seconds * 3 + 60)
        except servers.Unavailable as why:
            errors.append(f"{load.name}: {why}")
        time.sleep(load.pause)


class Subject:
    """A gateway, the threads that load it, and what was seen each second."""

    def __init__(self, name, given, share):
        self.name, self.share, self.errors = name, share, []
        self.gateway = gateway.Gateway(f"explain-{name}", given.build, FLAGS, is_tls=name == "tls")
        self.relay = None
        self.port = self.gateway.port
        if name == "tls":
            self.relay = subprocess.Popen([sys.executable, str(pathlib.Path(__file__).with_name("tls_relay.py")),
                                           str(self.port)], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
            self.port = int(re.search(r":(\d+)", self.relay.stdout.readline())[1])
        self.watch = gateway.Watch(1, lambda: self.gateway.ask("/debug/memory"))

    def begin(self, end):
        self.watch.start()
        self.threads = [threading.Thread(target=repeat, daemon=True,
                                         args=(load, self.gateway, self.port, self.share, end, self.errors))
                        for load in MIX]
        for thread in self.threads:
            thread.start()

    def end(self):
        for thread in self.threads:
            thread.join(120)
        self.watch.__exit__()

    def stop(self):
        self.gateway.stop()
        if self.relay:
            self.relay.terminate()
            self.relay.wait(10)

    def seen(self):
        samples = [{"at": at, "rss": look["rss"], "explained": look["explained"], "connections": look["connections"],
                    "parts": {part["name"]: part["bytes"] for part in look["parts"]}}
                   for at, look in self.watch.samples]
        kinds = {part["name"]: part["kind"] for part in self.watch.samples[-1][1]["parts"]} if samples else {}
        return {"samples": samples, "kinds": kinds, "missed": self.watch.missed, "complaints": self.errors}


def by_kind(sample, kinds):
    """Bytes of each kind; what nobody accounts for is no explanation, whatever part it is shown in."""
    sums = dict.fromkeys(KINDS, 0)
    for name, count in sample["parts"].items():
        sums["unexplained" if name == "uncharged" else kinds[name]] += count
    return sums


def table(name, seen):
    yield f"{name}: medians of each minute in MiB; `explained` of all its seconds"
    yield "| minute | connections | RSS | most | " + " | ".join(KINDS) + " | explained, least | median |"
    yield "|---:" * (6 + len(KINDS)) + "|"
    began = seen["samples"][0]["at"]
    for minute, group in itertools.groupby(seen["samples"], key=lambda sample: int((sample["at"] - began) // 60)):
        looks = list(group)
        kinds = [by_kind(look, seen["kinds"]) for look in looks]
        cells = [str(minute + 1), f"{statistics.median(look['connections'] for look in looks):.0f}"]
        rss = [look["rss"] / gateway.MIB for look in looks]
        cells += [f"{statistics.median(rss):.1f}", f"{max(rss):.1f}"]
        cells += [f"{statistics.median(sums[kind] for sums in kinds) / gateway.MIB:.2f}" for kind in KINDS]
        shares = [look["explained"] for look in looks]
        cells += [f"{min(shares):.2%}", f"{statistics.median(shares):.2%}"]
        yield "| " + " | ".join(cells) + " |"


def picture(name, seen):
    began = seen["samples"][0]["at"]
    points = [((sample["at"] - began) / 60, [by_kind(sample, seen["kinds"])[kind] / gateway.MIB for kind in KINDS])
              for sample in seen["samples"]]
    return stacked.draw(f"What memory is held for: {name}", "MiB resident, by /debug/memory", "minutes", KINDS, points)


def report(record, verdicts):
    for name, seen in record["gateways"].items():
        samples = seen["samples"]
        if not samples:
            verdicts.add(False, f"{name}: /debug/memory never answered")
            continue
        print("\n".join(table(name, seen)), end="\n\n")
        drawn = gateway.WORK / f"explain-{name}.svg"
        drawn.write_text(picture(name, seen), encoding="utf-8")
        least = min(samples, key=lambda sample: sample["explained"])
        worst = ", ".join(f"{part} {least['parts'].get(part, 0) / gateway.MIB:+.2f} MiB"
                          for part in ("uncharged", "unexplained"))
        below = sum(sample["explained"] < BAR for sample in samples)
        verdicts.add(below == 0, f"{name}: {below} of {len(samples)} seconds below {BAR:.0%}; least "
                     f"{least['explained']:.2%} of {gateway.mib(least['rss'])} ({worst}), median "
                     f"{statistics.median(sample['explained'] for sample in samples):.2%}")
        off = max(abs(sum(sample["parts"].values()) - sample["rss"]) for sample in samples)
        verdicts.add(off == 0, f"{name}: the parts add up to RSS (off by {off} bytes at most)")
        wanted = record["minutes"] * 60
        verdicts.add(len(samples) >= 0.9 * wanted, f"{name}: {len(samples)} looks in {wanted:.0f} s, "
                     f"{seen['missed']} without an answer")
        for words, times in sorted({one: seen["complaints"].count(one) for one in seen["complaints"]}.items()):
            print(f"{name}: {times} x {words}")


def run(given, verdicts):
    shares = {"plain": given.scale, **({} if given.no_tls else {"tls": given.scale / 5})}
    subjects = []
    try:
        for name, share in shares.items():
            subjects.append(Subject(name, given, share))
        end = time.monotonic() + given.minutes * 60
        for subject in subjects:
            subject.begin(end)
        while time.monotonic() < end and all(subject.gateway.is_alive() for subject in subjects):
            time.sleep(min(30, max(0.1, end - time.monotonic())))
            measure.say(", ".join(shown(subject) for subject in subjects))
        for subject in subjects:
            verdicts.add(subject.gateway.is_alive(), f"{subject.name}: the gateway stayed")
            subject.end()
        return {"minutes": given.minutes, "gateways": {subject.name: subject.seen() for subject in subjects}}
    finally:
        for subject in subjects:
            subject.stop()


def shown(subject):
    if not subject.watch.samples:
        return f"{subject.name}: no answer yet"
    look = subject.watch.samples[-1][1]
    return f"{subject.name}: {look['connections']} connections, {gateway.mib(look['rss'])}, {look['explained']:.2%}"
