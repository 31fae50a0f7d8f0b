# SPDX-License-Identifier: MIT
"""Allocators: the same idle clients, bursts and echoes under the C library's malloc, jemalloc and mimalloc.

The gateway as it is built has jemalloc with settings of its own; the others are loaded before the C library's malloc
of a gateway that was built with ENCKE_JEMALLOC=OFF. Echoes are the reference application's.
"""

import dataclasses
import pathlib
import re
import subprocess

import burst
import gateway
import measure
import plan
import servers

LIBRARIES = pathlib.Path("/usr/lib/x86_64-linux-gnu")
REFERENCE = ("{build}/examples/reference", "--port", "0", "--secret", "{secret}", "--workers", "1")


@dataclasses.dataclass(frozen=True)
class Allocator:
    label: str
    library: str = ""  # to load before the C library
    is_ours: bool = False  # as the gateway has it: linked, with our settings


ALLOCATORS = {
    "glibc": Allocator("glibc"),
    "jemalloc-default": Allocator("jemalloc, its defaults", "libjemalloc.so.2"),
    "jemalloc": Allocator("jemalloc, our settings", "libjemalloc.so.2", is_ours=True),
    "mimalloc": Allocator("mimalloc", "libmimalloc.so.2.0"),
}


def our_settings():
    """malloc_conf of the gateway, for a program that has jemalloc loaded and not linked."""
    text = (gateway.ROOT / "gateway/process/allocator.cpp").read_text(encoding="utf-8")
    lines = re.search(r"malloc_conf =\n(.*?);", text, re.S)[1]
    return "".join(re.findall(r'"([^"]*)"', lines)).strip(",")


def build_system(given):
    """The gateway with nothing but the C library's malloc."""
    folder = gateway.ROOT / "build/system"
    measure.say("building the gateway without jemalloc")
    for command in (["cmake", "--preset", "release", "-B", str(folder), "-DENCKE_JEMALLOC=OFF"],
                    ["ninja", "-C", str(folder), "--quiet", "encke_bin"]):
        done = subprocess.run(command, cwd=gateway.ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise servers.Unavailable(done.stdout.strip().splitlines()[-1])
    link = folder / "encke-bench"
    link.unlink(missing_ok=True)
    link.symlink_to((given.build / "encke-bench").resolve())
    return folder


def echo(given, allocator):
    """Processor time of an echo in one round, in a process of its own."""
    environment = [f"LD_PRELOAD={LIBRARIES / allocator.library}"] if allocator.library else []
    if allocator.is_ours:
        environment.append(f"MALLOC_CONF={our_settings()}")
    server = plan.Server("memory-echo", "reference", ("env", *environment, *REFERENCE))
    process = servers.Process(server, {"build": given.build.resolve(), "work": gateway.WORK})
    try:
        command = [str(given.build / "encke-bench"), "echo", "--url", f"ws://127.0.0.1:{process.port}/socket.io/"]
        command += ["--secret", plan.SECRET, "--pid", str(process.pid), "--json", "-", "--connections", "100"]
        command += ["--seconds", str(given.echo_seconds), "--warmup", "1"]
        result = measure.generate(command, 60, True)
    finally:
        process.stop()
    if "failed" in result:
        raise servers.Unavailable(f"echo: {result['failed']}")
    return result["server_cpu_us_per_message"]


def echo_in_turns(given, found):
    """Round by round, each beginning with another: so a machine that is busy for a while is so for all of them."""
    ids = list(found)
    for round_ in range(given.rounds):
        for at in range(len(ids)):
            id = ids[(round_ + at) % len(ids)]
            found[id]["echo_us"].append(echo(given, ALLOCATORS[id]))


def observe(given, id, folders):
    allocator = ALLOCATORS[id]
    preload = LIBRARIES / allocator.library if allocator.library and not allocator.is_ours else None
    if preload and not preload.exists():
        raise servers.Unavailable(f"{preload} is not installed")
    at = gateway.Gateway(f"allocator-{id}", folders[allocator.is_ours], gateway.WIDE, preload)
    try:
        heap = at.ask("/debug/memory")["allocator"]
        idle = at.load("idle", "--connections", given.idle, "--seconds", 5, "--leaving", 5, limit=120 + given.idle / 50)
        seen = burst.observe(given, at, "read")
    finally:
        at.stop()
    measure.say(f"{allocator.label}: {idle['pss_bytes_per_connection']:.0f} bytes idle, "
                f"peak {gateway.mib(seen['peak'])}, after {gateway.mib(seen['after'])}")
    return {"label": allocator.label, "reports": heap["name"], "idle_bytes": idle["pss_bytes_per_connection"],
            "echo_us": [], "burst": seen}


def table(found):
    yield ("| | idle, bytes a connection | CPU of an echo, µs (range) | RSS before | at the peak | 5 s after "
           "| at the end | within 10 % after |")
    yield "|---|" + "---:|" * 7
    for one in found.values():
        seen, echoes = one["burst"], sorted(one["echo_us"])
        fifth = next((s["rss"] for s in seen["seconds"] if s["second"] == 5), seen["after"])
        came_back = seen["after"] <= seen["before"] * burst.BAR
        cells = [one["label"], f"{one['idle_bytes']:,.0f}",
                 f"{echoes[len(echoes) // 2]:.2f} ({echoes[0]:.2f} to {echoes[-1]:.2f})",
                 *(gateway.mib(count) for count in (seen["before"], seen["peak"], fifth, seen["after"])),
                 f"{seen['gave_back_after']:.1f} s" if came_back else "not"]
        if not burst.is_valid(seen):
            cells[3:] = ["void"] * 5
        yield "| " + " | ".join(cells) + " |"


def run(given, verdicts):
    folders = {True: given.build, False: build_system(given)}
    found = {}
    for id in given.allocators:
        try:
            found[id] = observe(given, id, folders)
        except servers.Unavailable as why:
            verdicts.add(False, f"{ALLOCATORS[id].label}: {why}")
    echo_in_turns(given, found)
    print("\n".join(table(found)), end="\n\n")
    for id, one in found.items():
        if id != "jemalloc":
            burst.judge_fill(one["burst"], one["label"], verdicts)
    if "jemalloc" in found:
        burst.judge(found["jemalloc"]["burst"], "as it is built", verdicts)
    return {"allocators": found}
