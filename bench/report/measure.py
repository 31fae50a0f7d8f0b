# SPDX-License-Identifier: MIT
"""The order of a run: for each load all its servers stay up and take turns, each round beginning with another.

Results are kept after every measurement, so that a run that is broken off loses one.
"""

import datetime
import json
import os
import signal
import subprocess
import sys
import time

import machine
import plan
import servers

BEGAN = time.monotonic()
SETTLE = 0.2  # seconds between measurements, for what a server still does for clients that left


class Mode:
    def __init__(self, name, rounds, seconds, warmup, ids):
        self.name, self.rounds, self.seconds, self.warmup, self.ids = name, rounds, seconds, warmup, ids
        self.is_full = name == "peers"
        self.is_whole = True  # all loads and servers; what is less stays out of the way of that

    @property
    def file(self):
        return f"{self.name}.json" if self.is_whole else f"{self.name}-part.json"

    def seconds_of(self, run):
        return run.seconds[self.is_full] if run.seconds else self.seconds

    def rounds_of(self, run):
        return min(self.rounds, run.rounds[self.is_full]) if run.rounds else self.rounds


class Record:
    """What a run has found, on disk as build/bench/<mode>.json."""

    def __init__(self, path, mode):
        self.path = path
        self.data = {
            "mode": mode.name, "rounds": mode.rounds, "seconds": mode.seconds,
            "date": datetime.date.today().isoformat(), "machine": machine.describe(servers.ROOT),
            "is_pinned": servers.cores() is not None, "versions": {}, "unavailable": {}, "results": [],
        }

    def merge(self, runs, ids):
        """Takes over what an earlier run has, but for what is measured now."""
        if not self.path.exists():
            return
        old = json.loads(self.path.read_text(encoding="utf-8"))
        again = {(run.id, id) for run in runs for id in ids}
        self.data["results"] = [r for r in old["results"] if (r["run"], r["server"]) not in again]
        self.data["versions"] = old["versions"]
        commits = old["machine"]["commit"].split(", then ")
        if self.data["machine"]["commit"] not in commits:
            self.data["machine"]["commit"] = ", then ".join([*commits, self.data["machine"]["commit"]])
        self.data["unavailable"] = {id: why for id, why in old["unavailable"].items() if id not in ids}

    def save(self):
        part = self.path.with_suffix(".part")
        part.write_text(json.dumps(self.data, indent=1) + "\n", encoding="utf-8")
        os.replace(part, self.path)

    def add(self, run, server, round_, result):
        self.data["results"].append({"run": run.id, "server": server.id, "round": round_, "result": result})
        self.save()


def publishing(process):
    """Where and how encke-bench posts. The gateway has its own API; the others have POST /publish."""
    if process.server.is_gateway:
        return ["--publish-url", f"http://127.0.0.1:{process.api}/v1/emit",
                "--publish-body", '{"users":["{user}"],"event":"push","args":[{data}]}']
    return ["--publish-url", f"http://127.0.0.1:{process.port}/publish",
            "--publish-body", '{"room":"{user}","event":"push","data":{data}}']


def load_command(generator, run, process, mode, seconds):
    scenario, *arguments = run.arguments
    if process.server.is_tls:
        plain = ["--plain-url", f"ws://127.0.0.1:{process.plain}/socket.io/", "--generator", *generator]
        generator = [sys.executable, str(servers.ROOT / f"bench/report/tls_{scenario}.py")]
        arguments += plain if scenario == "fair" else []
    scheme = "wss" if process.server.is_tls else "ws"
    command = [*generator, scenario, *arguments, "--url", f"{scheme}://127.0.0.1:{process.port}/socket.io/"]
    command += ["--pid", str(process.pid), "--secret", plan.SECRET, "--json", "-", "--eio", str(process.server.eio)]
    command += ["--seconds", str(seconds), "--warmup", str(mode.warmup)]
    if run.leaving:
        command += ["--leaving", str(run.leaving[mode.is_full])]
    return command + (publishing(process) if scenario == "publish" else [])


def generate(command, limit, is_pinned, on_start=None):
    """Runs the generator. Gives its result, or an object whose only member is `failed`. `on_start` gets the process."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             text=True, preexec_fn=servers.pin(1) if is_pinned else None, start_new_session=True)
    if on_start:
        on_start(child)
    try:
        out, errors = child.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        return {"failed": f"took longer than {limit:.0f} s"}
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    try:
        result = json.loads(out)
    except ValueError:
        said = [line for line in errors.splitlines() if line.strip()] or [f"left with status {child.returncode}"]
        return {"failed": said[-1].strip()[:200]}
    return result


class Session:
    def __init__(self, mode, chosen, generator, build, work, merges=False):
        self.mode, self.generator, self.work = mode, generator, work
        self.paths = {"build": str(build), "work": work, "root": str(servers.ROOT)}
        self.record = Record(work / mode.file, mode)
        self.runs = [run for run in plan.RUNS.values() if mode.is_full or not run.only_full]
        if chosen:
            self.runs = [run for run in self.runs if any(word in run.id for word in chosen)]
        if merges:
            self.record.merge(self.runs, mode.ids)
        self.up = {}

    def servers_of(self, run):
        ids = run.servers if self.mode.is_full else run.short_servers or run.servers
        wanted = (plan.SERVERS[id] for id in ids if id in self.mode.ids)
        return [server for server in wanted if server.id not in self.record.data["unavailable"]]

    def set_up(self):
        needed = {server.id: server for run in self.runs for server in self.servers_of(run)}
        for server in needed.values():
            if not server.peer:
                continue
            say(f"setting up {server.label}")
            try:
                self.record.data["versions"][server.id] = servers.set_up(server.peer, self.work)
            except servers.Unavailable as why:
                self.give_up(server, why)
        self.record.save()

    def give_up(self, server, why):
        say(f"{server.label} is not measured: {why}")
        self.record.data["unavailable"][server.id] = str(why)

    def process_of(self, run, server):
        process = self.up.get(server.id)
        if process and process.is_alive():
            return process
        process = self.up[server.id] = servers.Process(server, self.paths)
        if server.warms_up and not run.is_fresh:
            self.load(run, process, server.warms_up)
        return process

    def load(self, run, process, seconds):
        command = load_command(self.generator, run, process, self.mode, seconds)
        connections = int(run.arguments[run.arguments.index("--connections") + 1])
        limit = 60 + 3 * seconds + connections / 50 + sum(run.leaving)
        return generate(command, limit, process.server.pinned)

    def stop(self, server):
        if process := self.up.pop(server.id, None):
            process.stop()

    def stop_all(self):
        for id in list(self.up):
            self.stop(plan.SERVERS[id])

    def measure(self, run, server, round_):
        try:
            process = self.process_of(run, server)
        except servers.Unavailable as why:
            return self.record.add(run, server, round_, {"failed": str(why)})
        result = self.load(run, process, self.mode.seconds_of(run))
        if not process.is_alive():
            result = {"failed": "the server left while it was measured"}
        if run.is_fresh or "failed" in result:
            self.stop(server)
        self.record.add(run, server, round_, result)
        say(f"{run.id:16} {round_ + 1}/{self.mode.rounds_of(run)} {server.label:28} {shown(run, result)}")
        time.sleep(SETTLE)

    def measure_all(self):
        for run in self.runs:
            turn = self.servers_of(run)
            for round_ in range(self.mode.rounds_of(run)):
                at = round_ % max(1, len(turn))
                for server in turn[at:] + turn[:at]:
                    self.measure(run, server, round_)
            self.stop_all()


def shown(run, result):
    if "failed" in result:
        return "failed: " + result["failed"]
    words = []
    for figure in plan.FIGURES:
        if figure.run == run.id:
            try:
                words.append(f"{figure.metric(result):.4g} {figure.unit}")
            except (KeyError, TypeError, IndexError, ZeroDivisionError):
                words.append(f"{figure.id}: missing")
    if result.get("errors"):
        words.append(f"{result['errors']} errors")
    if result.get("bottleneck") == "generator":
        words.append("the generator was the bottleneck")
    return "; ".join(words)


def say(words):
    print(f"{time.monotonic() - BEGAN:5.0f} s  {words}", file=sys.stderr, flush=True)
