# SPDX-License-Identifier: MIT
"""What a run was made on: processor, kernel, memory, compilers, the commit. No names of hosts."""

import os
import pathlib
import platform
import re
import subprocess


def first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return (done.stdout.strip().splitlines() or [""])[0]


def field(path, name):
    found = re.search(rf"^{name}\s*:\s*(.*)$", pathlib.Path(path).read_text(encoding="utf-8"), re.M)
    return found.group(1) if found else ""


def describe(root):
    memory = int(field("/proc/meminfo", "MemTotal").split()[0]) / 1024 / 1024
    virtual = " (virtual)" if "hypervisor" in field("/proc/cpuinfo", "flags").split() else ""
    measured = ("src", "gateway", "include", "bench/limit")
    changed = first_line("git", "-C", str(root), "status", "--porcelain", "--", *measured)
    commit = first_line("git", "-C", str(root), "rev-parse", "--short", "HEAD")
    return {
        "processor": re.sub(r"\s+", " ", field("/proc/cpuinfo", "model name")) + virtual,
        "cores": os.cpu_count(),
        "memory_gib": round(memory),
        "kernel": "Linux " + platform.release().split("-")[0],
        "compiler": first_line("g++", "--version"),
        "commit": commit + (" and what was not committed" if changed else ""),
    }
