#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What refused tokens leave behind: encke beside a push service in Go whose stack keeps them, under the same load.

    ./dev bench leak                       # 300,000 refusals each, about five minutes; writes docs/images/leak.svg
    bench/leak/run.py --refused 3000 --servers encke

Step after step, encke-bench comes with bad tokens to one server after the other, each on a connection of its own, and
memory is read when all of a step were refused. Without Go only encke is looked at. Leaves 1 when encke kept something,
a server did not refuse, or what Go kept is not what README.md says.
"""

import argparse
import dataclasses
import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bench/report"), str(ROOT / "bench/leak")]
import machine  # noqa: E402
import measure  # noqa: E402
import plan  # noqa: E402
import plot  # noqa: E402
import servers  # noqa: E402

WORK = ROOT / "build/bench"
FLAWS = ("signature", "expired", "malformed")
MIB = 1024 * 1024
SETTLING = 5  # seconds that a server has to let go of the last connections
RSS_BAR = 1 * MIB  # what encke may grow by in the second half
WHOLE = 100_000  # refusals from which memory is judged and the picture is of use
STORY = 4.4e9  # bytes that the service had grown to

GO = ("{work}/leak-go", "-secret", "{secret}")
ENCKE = ("{build}/encke", "serve", "--listen", "127.0.0.1:0", "--api-listen", "127.0.0.1:0", "--secret", "{secret}",
         "--auth-user-claim", "uid", "--debug-enabled", "--log-level", "warn")
SERVERS = {server.id: server for server in (
    plan.Server("go", "Go, as it was", GO, pinned=False, is_gateway=True),
    plan.Server("go-repaired", "Go, repaired", (*GO, "-repaired"), pinned=False, is_gateway=True),
    plan.Server("encke", "encke", ENCKE, pinned=False, is_gateway=True),
)}
KINDS = {"go": "leaks", "go-repaired": "other", "encke": "ours"}


def arguments():
    asked = argparse.ArgumentParser(prog="./dev bench leak", description=__doc__.split("\n", maxsplit=1)[0])
    asked.add_argument("--refused", type=int, default=300_000, help="tokens that each server refuses")
    asked.add_argument("--step", type=int, default=5000, help="after so many memory is read")
    asked.add_argument("--rate", type=float, default=5000, help="refusals a second")
    asked.add_argument("--connections", type=int, default=16, help="at a time")
    asked.add_argument("--keep-alive", choices=("on", "off"), default="off", help="off: each comes on a new connection")
    asked.add_argument("--servers", nargs="+", choices=SERVERS, default=list(SERVERS))
    asked.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release", help="folder of the programs")
    asked.add_argument("--picture", type=pathlib.Path, help="default: docs/images/leak.svg if whole")
    asked.add_argument("--report-only", action="store_true", help="draw the last result again")
    return asked.parse_args()


def build_go():
    """Gives the versions of what it is built of; raises Unavailable."""
    if not shutil.which("go"):
        raise servers.Unavailable("Go is not installed")
    folder = ROOT / "bench/leak/go"
    done = subprocess.run(["go", "build", "-p", "1", "-mod=readonly", "-trimpath", "-o", str(WORK / "leak-go"), "."],
                          cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise servers.Unavailable((done.stderr.strip().splitlines() or ["go build failed"])[-1])
    modules = re.findall(r"^\tgithub\.com/(\S+ v\S+)", (folder / "go.mod").read_text(encoding="utf-8"), re.M)
    return ", ".join([machine.first_line("go", "env", "GOVERSION"), *modules])


def ask(process, path, method="GET"):
    request = urllib.request.Request(f"http://127.0.0.1:{process.api}{path}", method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def rss_of(pid):
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return int(re.search(r"^Rss:\s+(\d+)", text, re.M)[1]) * 1024


@dataclasses.dataclass
class Subject:
    """A server that is looked at, and what was seen."""

    process: servers.Process
    seen: dict

    @property
    def is_go(self):
        return self.process.server.id != "encke"

    def look(self, refused):
        """Waits for connections that are still closing; encke's ledger tells when, as it was before the first."""
        sample = {"refused": refused}
        if self.is_go:
            sample["heap"] = ask(self.process, "/debug/memory")["heap_alloc"]
        else:
            end = time.monotonic() + SETTLING
            while (held := ask(self.process, "/debug/ledger")["bytes"]) != self.at_first("ledger", held):
                if time.monotonic() > end:
                    break
                time.sleep(0.01)
            sample["ledger"] = held
        sample["rss"] = rss_of(self.process.pid)
        self.seen["samples"].append(sample)

    def at_first(self, name, otherwise):
        return self.seen["samples"][0][name] if self.seen["samples"] else otherwise

    def collect(self):
        memory = ask(self.process, "/debug/collect", "POST")
        return {"heap": memory["heap_alloc"], "in_use": memory["heap_inuse"], "objects": memory["heap_objects"],
                "rss": rss_of(self.process.pid)}

    def end(self):
        """Go: what a forced collection leaves, then what is left once the contexts are forgotten."""
        if self.is_go:
            self.seen["collected"] = self.collect()
            contexts = ask(self.process, "/debug/purge", "POST")["contexts"]
            self.seen["purged"] = {"contexts": contexts, **self.collect()}


def refuse(given, process, count, flaw):
    command = [str(given.build / "encke-bench"), "refuse", "--url", f"ws://127.0.0.1:{process.port}/socket.io/"]
    command += ["--secret", plan.SECRET, "--pid", str(process.pid), "--json", "-", "--flaw", flaw, "--seconds", "60"]
    command += ["--count", str(count), "--rate", str(given.rate), "--connections", str(given.connections)]
    result = measure.generate([*command, "--keep-alive", given.keep_alive], 120, False)
    if "failed" in result:
        raise servers.Unavailable(f"{process.server.label}: {result['failed']}")
    return {"refused": result["statuses"].get("401", 0), "errors": result["errors"]}


def run(given, chosen):
    subjects = []
    try:
        for id in chosen:
            process = servers.Process(SERVERS[id], {"build": given.build.resolve(), "work": WORK})
            subjects.append(Subject(process, {"label": SERVERS[id].label, "samples": [], "errors": 0}))
            if subjects[-1].is_go:
                subjects[-1].seen["at_first"] = subjects[-1].collect()
            subjects[-1].look(0)
        refused = 0
        while refused < given.refused:
            count = min(given.step, given.refused - refused)
            flaw = FLAWS[refused // given.step % len(FLAWS)]
            refused += count
            for subject in subjects:
                result = refuse(given, subject.process, count, flaw)
                subject.seen["errors"] += result["errors"] + count - result["refused"]
                subject.look(refused)
            shown = ", ".join(f"{s.seen['label']} {s.seen['samples'][-1]['rss'] / MIB:.1f} MiB" for s in subjects)
            measure.say(f"{refused:>7} refused: {shown}")
        for subject in subjects:
            subject.end()
    finally:
        for subject in subjects:
            subject.process.stop()
    return {subject.process.server.id: subject.seen for subject in subjects}


def summarize(seen):
    """What a refusal cost, from the first step to the last: what the process needs once is not in it."""
    first, last = seen["samples"][min(1, len(seen["samples"]) - 2)], seen["samples"][-1]
    between = max(1, last["refused"] - first["refused"])
    seen["rss_bytes_per_refused"] = (last["rss"] - first["rss"]) / between
    if "collected" in seen:
        grown = {what: seen["collected"][what] - seen["at_first"][what] for what in ("heap", "rss")}
        seen["kept_heap_bytes_per_refused"] = grown["heap"] / last["refused"]
        seen["kept_rss_bytes_per_refused"] = grown["rss"] / last["refused"]


def verdicts(record):
    """Pairs of whether it is so, and the words."""
    for id, seen in record["servers"].items():
        label, samples = seen["label"], seen["samples"]
        refused = samples[-1]["refused"]
        yield seen["errors"] == 0, f"{label}: {seen['errors']} of {refused:,} were not answered 401"
        if id == "encke":
            ledgers = [sample["ledger"] for sample in samples]
            yield len(set(ledgers)) == 1, (f"{label}: the ledger held {ledgers[0]} bytes before the first, and from "
                                           f"{min(ledgers)} to {max(ledgers)} after each of {len(samples) - 1} steps")
            if refused >= WHOLE:
                grown = samples[-1]["rss"] - samples[len(samples) // 2]["rss"]
                yield grown <= RSS_BAR, f"{label}: RSS {grown / MIB:+.2f} MiB in the second half (bar: +1.00)"
        else:
            wanted = 0 if id == "go-repaired" else refused
            contexts = seen["purged"]["contexts"]
            yield contexts == wanted, f"{label}: {contexts:,} contexts were left by {refused:,} refused tokens"


def table(record):
    yield "| | before | after | collected | contexts forgotten | RSS, a refusal | kept, a refusal |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for seen in record["servers"].values():
        cells = [seen["samples"][0], seen["samples"][-1], seen.get("collected"), seen.get("purged")]
        mib = [f"{cell['rss'] / MIB:.1f} MiB" if cell else "" for cell in cells]
        kept = seen.get("kept_heap_bytes_per_refused")
        kept = f"{kept:,.0f} B of heap" if kept is not None else f"{ledger_per_refused(seen):,.0f} B in the ledger"
        yield f"| {seen['label']} | {' | '.join(mib)} | {seen['rss_bytes_per_refused']:,.0f} B | {kept} |"


def ledger_per_refused(seen):
    samples = seen["samples"]
    return (samples[-1]["ledger"] - samples[0]["ledger"]) / samples[-1]["refused"]


def words_of(id, seen):
    now = f"{seen['label']}: {seen['samples'][-1]['rss'] / MIB:,.0f} MiB"
    if id == "go":
        return (now, f"{seen['collected']['rss'] / MIB:,.0f} MiB after a forced collection,",
                f"{seen['purged']['rss'] / MIB:,.0f} MiB once {seen['purged']['contexts']:,} contexts",
                "of refused requests are forgotten")
    if id == "go-repaired":
        return now, "refused requests cleared"
    return now, f"{ledger_per_refused(seen):.0f} bytes a refusal in its ledger"


def picture(record):
    lines = [plot.Line(KINDS[id], tuple((s["refused"], s["rss"] / MIB) for s in seen["samples"]), words_of(id, seen))
             for id, seen in record["servers"].items()]
    return plot.draw("What refused tokens leave behind", "MiB of memory (RSS)", "tokens refused", lines)


def is_whole(record):
    """All servers, and enough for the documents."""
    seen = record["servers"]
    return len(seen) == len(SERVERS) and seen["go"]["samples"][-1]["refused"] >= WHOLE


def report(record, target):
    print("\n".join(table(record)))
    for id, seen in record["servers"].items():
        if id == "go" and seen["rss_bytes_per_refused"] > 0:
            millions = STORY / seen["rss_bytes_per_refused"] / 1e6
            print(f"{STORY / 1e9} GB of it are {millions:.1f} million refused tokens")
    target.write_text(picture(record), encoding="utf-8")
    results = list(verdicts(record))
    for is_so, words in results:
        print("PASS" if is_so else "FAIL", words)
    print(os.path.relpath(target))
    return 0 if all(is_so for is_so, _ in results) else 1


def main():
    given = arguments()
    WORK.mkdir(parents=True, exist_ok=True)
    if given.report_only:
        record = json.loads((WORK / "leak.json").read_text(encoding="utf-8"))
    else:
        record = {"date": datetime.date.today().isoformat(), "machine": machine.describe(ROOT), "step": given.step,
                  "rate": given.rate, "connections": given.connections, "keep_alive": given.keep_alive}
        chosen = given.servers
        try:
            if chosen != ["encke"]:
                record["versions"] = build_go()
        except servers.Unavailable as why:
            measure.say(f"without the service in Go: {why}")
            chosen = ["encke"]
        record["servers"] = run(given, chosen)
        for seen in record["servers"].values():
            summarize(seen)
        name = "leak.json" if is_whole(record) else "leak-part.json"
        (WORK / name).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    usual = ROOT / "docs/images/leak.svg" if is_whole(record) else WORK / "leak-part.svg"
    return report(record, given.picture or usual)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, servers.Unavailable) as error:
        sys.exit(f"leak: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
