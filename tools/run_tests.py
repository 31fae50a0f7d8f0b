#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Everything that must pass before landing, stage after stage, counted by test case.

`./dev test` runs all stages; `--only checks e2e` some of them. A stage that fails does not stop the next. Output of
each stage is kept in build/test/; what failed is shown at the end. The last line is `N passed, N failed`.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as xml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import repository  # noqa: E402

ROOT = repository.ROOT
LOGS = ROOT / "build/test"
E2E = ROOT / "tests/e2e"
JOBS = os.cpu_count() or 2
FUZZ_SECONDS = int(os.environ.get("FUZZ_SECONDS", "20"))


class Tally:
    """What a stage counted: cases that passed and were skipped, the names of those that failed, and what was left out
    because this system has not the tool."""

    def __init__(self, passed=0, skipped=0, failed=()):
        self.passed, self.skipped, self.failed, self.left_out = passed, skipped, list(failed), []

    def add(self, other):
        self.passed += other.passed
        self.skipped += other.skipped
        self.failed += other.failed
        self.left_out += other.left_out

    def leave_out(self, name, why):
        self.skipped += 1
        self.left_out.append(f"{name}: {why}")

    def add_case(self, name, is_good):
        if is_good:
            self.passed += 1
        else:
            self.failed.append(name)

    def __str__(self):
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {len(self.failed)} failed{skipped}"


def run(log, command, timeout, env=None, cwd=ROOT):
    """Runs a command in a process group of its own, output to build/test/<log>.log. Its exit code, or 124 if late."""
    LOGS.mkdir(parents=True, exist_ok=True)
    with open(LOGS / f"{log}.log", "a", encoding="utf-8") as out:
        print("$", *command[:6], *(["..."] if len(command) > 6 else []), file=out, flush=True)
        process = subprocess.Popen(command, cwd=cwd, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                   env={**os.environ, **(env or {})}, start_new_session=True)
        try:
            return process.wait(timeout)
        except subprocess.TimeoutExpired:
            print(f"took longer than {timeout} s", file=out)
            return 124
        finally:
            kill_group(process)


def kill_group(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def lacking(tool):
    """Why what needs exactly this tool cannot run here; None where it can. Another version says other things."""
    return None if shutil.which(tool) else f"there is no {tool} here"


# --- checks -----------------------------------------------------------------------------------------------------------


def checks():
    python = sys.executable
    commands = {
        "format": ["clang-format-14", "--dry-run", "-Werror", *map(str, repository.files(ROOT, "*.cpp", "*.hpp"))],
        "layers": [python, "tools/check_layers.py"],
        "vectors": [python, "tools/check_vectors.py"],
        "coroutines": [python, "tools/check_coroutines.py"],
        "style": [python, "tools/check_style.py"],
        "documents": [python, "tools/check_docs.py"],
        "reference": ["tools/reference.sh"],
        "checks of the checks": [python, "-m", "unittest", "discover", "-s", "tools", "-p", "*_test.py"],
        "unit": ["systemd-analyze", "security", "--offline=true", "--threshold=16", "packaging/encke.service"],
        "shell syntax": ["bash", "-n", "dev", ".ci/run", *map(str, repository.files(ROOT, "*.sh"))],
    }
    tally = Tally()
    for name, command in commands.items():
        if name in ("format", "unit") and (why := lacking(command[0])):
            tally.leave_out(f"check {name}", why)
            continue
        tally.add_case(f"check {name}", run("checks", command, 300) == 0)
    return tally


# --- C++ --------------------------------------------------------------------------------------------------------------


def build(preset, *targets):
    configured = run(f"build-{preset}", ["cmake", "--preset", preset], 300) == 0
    ninja = ["ninja", "-C", f"build/{preset}", "-j", str(JOBS), "-k", "0", "--quiet", *targets]
    return configured and run(f"build-{preset}", ninja, 2400) == 0


def cases_of(report):
    """Counts the report that a GoogleTest binary left behind."""
    tally = Tally()
    suites = json.loads(report.read_text(encoding="utf-8"))["testsuites"]
    for case in (case for suite in suites for case in suite["testsuite"]):
        if case["status"] != "RUN":
            continue
        if case["result"] == "SKIPPED":
            tally.skipped += 1
        else:
            tally.add_case(f'{case["classname"]}.{case["name"]}', "failures" not in case)
    return tally


def outcome(preset, name, report, status):
    """What one program of CTest counts for: the cases it reported, or itself if it is no GoogleTest binary."""
    cases = cases_of(report) if report.exists() else Tally(passed=int(status == "run"))
    # One that crashed, leaked or never started fails beside the cases it could report.
    if status != "run" and not cases.failed:
        cases.failed.append(f"ended badly ({status})")
    cases.failed = [f"{preset} {name}: {case}" for case in cases.failed]
    return cases


def ctest(preset):
    folder = ROOT / "build" / preset
    reports = LOGS / f"ctest-{preset}"
    for old in reports.glob("*.json"):
        old.unlink()
    summary = reports / "summary.xml"
    summary.unlink(missing_ok=True)
    reports.mkdir(parents=True, exist_ok=True)
    run(f"tests-{preset}", ["ctest", "-j", str(JOBS), "--output-on-failure", "--output-junit", str(summary)], 1500,
        {"GTEST_OUTPUT": f"json:{reports}/", "GTEST_BRIEF": "1"}, folder)
    if not summary.exists():
        return Tally(failed=[f"{preset}: ctest"])
    tally = Tally()
    for test in xml.parse(summary).getroot().iter("testcase"):
        name = test.get("name")
        tally.add(outcome(preset, name, reports / f"{name}.json", test.get("status")))
    return tally


def built_and_tested(preset):
    tally = Tally()
    tally.add_case(f"build {preset}", build(preset))
    tally.add(ctest(preset))
    return tally


# --- end to end -------------------------------------------------------------------------------------------------------


def count_tap(text):
    """Counts what `node --test` reported in TAP."""
    totals = re.findall(r"^# (pass|skipped|todo|fail|cancelled) (\d+)$", text, re.M)
    found = {key: int(number) for key, number in totals}
    names = re.findall(r"^\s*not ok \d+ - (.*)$", text, re.M)
    failed = [name.strip() for name in names if not re.search(r"# (SKIP|TO" "DO)", name)]
    bad = found.get("fail", 0) + found.get("cancelled", 0)
    failed = failed[:bad] + ["(one more)"] * (bad - len(failed))
    return Tally(found.get("pass", 0), found.get("skipped", 0) + found.get("todo", 0), failed)


def e2e():
    """Every script of package.json that runs tests, against build/dev; those of pages where there is a browser."""
    scripts = json.loads((E2E / "package.json").read_text(encoding="utf-8"))["scripts"]
    no_browser = lacking(os.environ.get("ENCKE_CHROMIUM", "/usr/bin/chromium"))
    tally = Tally()
    for name, command in scripts.items():
        prefix = "node --test "
        if not name.startswith("test") or not command.startswith(prefix):
            continue
        if name == "test:page" and no_browser:
            tally.leave_out(f"e2e {name}", no_browser)
            continue
        log = "e2e-" + name.replace(":", "-")
        tap = LOGS / f"{log}.tap"
        tap.unlink(missing_ok=True)
        LOGS.mkdir(parents=True, exist_ok=True)
        reporters = ["--test-reporter=spec", "--test-reporter-destination=stdout", "--test-reporter=tap",
                     f"--test-reporter-destination={tap}"]
        shell = " ".join(["exec node --test", *reporters, command.removeprefix(prefix)])
        code = run(log, ["bash", "-c", shell], 420, cwd=E2E)
        cases = count_tap(tap.read_text(encoding="utf-8")) if tap.exists() else Tally()
        if not cases.failed and (code != 0 or cases.passed == 0):
            cases.failed.append(f"ended badly ({code})")
        cases.failed = [f"{name}: {case}" for case in cases.failed]
        tally.add(cases)
    return tally


# --- the installed library --------------------------------------------------------------------------------------------


def install():
    """One case per line of tools/install_test.py: programs that use the installed library in each way."""
    code = run("install", [sys.executable, "tools/install_test.py"], 900)
    lines = re.findall(r"^([^:$]+): (ok|FAILED)", (LOGS / "install.log").read_text(encoding="utf-8"), re.M)
    tally = Tally()
    for name, verdict in lines:
        tally.add_case(f"install: {name}", verdict == "ok")
    if not tally.failed and (code != 0 or not lines):
        tally.failed.append(f"install: ended badly ({code})")
    return tally


# --- fuzzing ----------------------------------------------------------------------------------------------------------


def fuzz_one(name):
    grown = ROOT / "build/fuzz/corpus" / name
    grown.mkdir(parents=True, exist_ok=True)
    seeds = ROOT / "fuzz/corpus" / name
    command = [f"build/fuzz/fuzz_{name}", f"-max_total_time={FUZZ_SECONDS}", "-timeout=10", "-rss_limit_mb=2048",
               "-print_final_stats=1", f"-artifact_prefix={LOGS}/{name}-", str(grown)]
    if seeds.exists():
        command.append(str(seeds))
    return run(f"fuzz-{name}", command, FUZZ_SECONDS + 120) == 0


def fuzz():
    names = sorted(path.name.removesuffix("_fuzz.cpp") for path in (ROOT / "fuzz").glob("*_fuzz.cpp"))
    tally = Tally()
    if why := lacking("clang++-14"):
        tally.leave_out("fuzz", why)
        return tally
    tally.add_case("build fuzz", build("fuzz", *(f"fuzz_{name}" for name in names)))
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for name, is_good in zip(names, pool.map(fuzz_one, names)):
            tally.add_case(f"fuzz {name}", is_good)
    return tally


STAGES = {
    "checks": checks,
    "dev": lambda: built_and_tested("dev"),
    "e2e": e2e,
    "install": install,
    "asan": lambda: built_and_tested("asan"),
    "fuzz": fuzz,
}


def show_log(path, lines=60):
    tail = path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    print(f"\n--- {path.relative_to(ROOT)}", *tail, sep="\n  ")


def main():
    parser = argparse.ArgumentParser(description="Runs the stages and counts their test cases.")
    parser.add_argument("--only", nargs="+", choices=STAGES, default=list(STAGES), metavar="STAGE")
    stages = parser.parse_args().only
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # as Ctrl-C does: what runs is ended, too
    for old in [*LOGS.glob("*.log"), *LOGS.glob("*.tap")]:
        old.unlink()
    total = Tally()
    for name in stages:
        print(f"{name} ...", flush=True)
        began = time.monotonic()
        logs_before = {path: path.stat().st_mtime_ns for path in LOGS.glob("*.log")}
        tally = STAGES[name]()
        print(f"{name}: {tally} in {time.monotonic() - began:.0f} s", flush=True)
        total.add(tally)
        if tally.failed:
            for path in sorted(LOGS.glob("*.log")):
                if logs_before.get(path) != path.stat().st_mtime_ns:
                    show_log(path)
    print()
    for name in total.failed:
        print("failed:", name)
    for reason in total.left_out:
        print("left out:", reason)
    if by_tests := total.skipped - len(total.left_out):
        print(f"{by_tests} skipped, on purpose: what a client generation cannot do")
    print(f"{total.passed} passed, {len(total.failed)} failed")
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
