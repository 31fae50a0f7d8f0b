#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Installs the library, moves it, and lets programs use it in every way that the guide names; each is built and run.

One line of result per check, `ok` or `FAILED`; the output of all commands is kept in build/install/log. Commands as in
docs/guide/installing.md. Objects come out of the compiler cache where a build with the same flags was before.
"""

import argparse
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build/install"
PREFIX = BUILD / "moved/prefix"
PROGRAMS = ROOT / "tests/install"
MODULES = ROOT / "tests/e2e/node_modules"
LIB = "lib"  # with any prefix but /usr
ANY_PORT = ["--server-listen", "127.0.0.1:0", "--api-listen", "127.0.0.1:0", "--auth-enabled=false"]


class Failed(Exception):
    """A command that went wrong, with the end of its output."""


def run(*command, env=None, timeout=900, both=False):
    """Standard output of a command, or both outputs; everything is in the log, too."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=timeout, check=False,
                          env={**os.environ, **(env or {})}, cwd=ROOT)
    with open(BUILD / "log", "a", encoding="utf-8") as log:
        print("$", *command, "\n" + done.stdout + done.stderr, file=log)
    if done.returncode != 0:
        raise Failed((done.stdout + done.stderr)[-1500:])
    return done.stdout + (done.stderr if both else "")


def cmake(source, build, *settings):
    # The flags of the library's own build, so that the compiler cache knows the objects.
    launcher = ["-D", "CMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
    run("cmake", "-S", source, "-B", build, "-G", "Ninja", *launcher, "-D", "CMAKE_BUILD_TYPE=Release", "-D",
        "CMAKE_CXX_FLAGS_RELEASE=-O2 -DNDEBUG -fstack-protector-strong -D_FORTIFY_SOURCE=2", *settings)
    run("cmake", "--build", build)


def install():
    """Configured by the preset, installed, then moved: nothing may know where it was."""
    run("cmake", "--preset", "install")
    run("cmake", "--build", BUILD)
    first = BUILD / "first"
    shutil.rmtree(first, ignore_errors=True)
    shutil.rmtree(PREFIX.parent, ignore_errors=True)
    run("cmake", "--install", BUILD, "--prefix", first)
    PREFIX.parent.mkdir(parents=True)
    first.rename(PREFIX)


def exports():
    run(sys.executable, "tools/check_exports.py", PREFIX / LIB / "libencke.so", PREFIX / LIB / "libencke.a")


def no_trace_of_the_build():
    for file in [*PREFIX.rglob("*.cmake"), *PREFIX.rglob("*.pc")]:
        if str(ROOT) in file.read_text(encoding="utf-8"):
            raise Failed(f"{file.name} names the folder it was built in")


def gateway():
    """The program finds its library and its files where they are now."""
    program = PREFIX / "bin/encke"
    run(program, "version")
    run(program, "check-config", "--config", PREFIX / "etc/encke/encke.toml",
        env={"ENCKE_AUTH_SECRET": "0123456789abcdef0123456789abcdef"})
    process = subprocess.Popen([program, "serve", *ANY_PORT], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               text=True)
    try:
        port = port_in(process)
        client = run("curl", "-sf", "--max-time", "5", f"http://127.0.0.1:{port}/socket.io/socket.io.js")
        if "Socket.IO" not in client[:200]:
            raise Failed("no browser client")
    finally:
        process.terminate()
        process.wait(20)


def without_client():
    """A build without npm's files says so, when it is configured and when it starts."""
    said = run("cmake", "-S", ROOT, "-B", BUILD / "bare", "-G", "Ninja", "-D", "ENCKE_CLIENT_DIR=/nowhere",
               "-D", "ENCKE_TESTS=OFF", "-D", "ENCKE_BENCH=OFF", "-D", "ENCKE_EXAMPLES=OFF", both=True)
    if "no browser client" not in said:
        raise Failed("nothing was said at configure")
    client = PREFIX / "share/encke/client"
    client.rename(client.with_name("away"))
    process = subprocess.Popen([PREFIX / "bin/encke", "serve", *ANY_PORT], stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
    seen = []
    try:
        port_in(process, seen)
    finally:
        client.with_name("away").rename(client)
        process.terminate()
        rest, _ = process.communicate(timeout=20)
    if "no browser client is served" not in "".join(seen) + rest:
        raise Failed("nothing was said at start")


def port_in(process, seen=None):
    seen = [] if seen is None else seen
    for line in process.stdout:
        seen.append(line)
        if found := re.search(r"^listening on \S*:(\d+)$", line):
            return found[1]
    raise Failed(f"it did not listen: {''.join(seen)}")


def talk_to(program, env=None):
    """Runs the program, lets an official client talk to it, and waits for both to end well."""
    process = subprocess.Popen([program], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               env={**os.environ, **(env or {})})
    try:
        port = process.stdout.readline().strip()
        if not port.isdigit():
            raise Failed(f"it did not listen: {port} {process.stdout.read()}")
        run("node", PROGRAMS / "client.js", port, MODULES, timeout=60)
        output, _ = process.communicate(timeout=20)
        if process.returncode != 0:
            raise Failed(f"it ended with {process.returncode}: {output}")
    finally:
        process.kill()
        process.wait()


def is_shared(program):
    return "libencke.so" in run("ldd", program)


def found_by_cmake(name, target, *settings):
    build = BUILD / name
    cmake(PROGRAMS / "find_package", build, "-D", f"CMAKE_PREFIX_PATH={PREFIX}", "-D", f"ENCKE_TARGET={target}",
          *settings)
    if is_shared(build / "chat") != (target == "encke::encke"):
        raise Failed("linked with the wrong one")
    talk_to(build / "chat")


def found_by_pkg_config(name, statically):
    env = {"PKG_CONFIG_PATH": str(PREFIX / LIB / "pkgconfig")}
    flags = run("pkg-config", "--cflags", "encke", env=env).split()
    libraries = run("pkg-config", *(["--static"] if statically else []), "--libs", "encke", env=env)
    if statically:
        libraries = libraries.replace("-lencke", "-l:libencke.a")
    program = BUILD / f"chat-{name}"
    run("g++", "-std=c++20", "-O0", PROGRAMS / "chat.cpp", "-o", program, *flags, *libraries.split())
    if is_shared(program) == statically:
        raise Failed("linked with the wrong one")
    talk_to(program, {"LD_LIBRARY_PATH": str(PREFIX / LIB)})


def fetched():
    build = ROOT / "build/install-fetch"  # as deep as the library's own build: the compiler cache sees the same paths
    cmake(PROGRAMS / "fetch", build, "-D", f"ENCKE_SOURCE={ROOT}", "-D", "ENCKE_SHARED=ON", "-D", "ENCKE_WERROR=ON")
    talk_to(build / "chat")


CHECKS = {
    "install": install,
    "exported symbols": exports,
    "no trace of the build": no_trace_of_the_build,
    "gateway, moved": gateway,
    "gateway without a browser client": without_client,
    "find_package shared": lambda: found_by_cmake("find-shared", "encke::encke"),
    "find_package static": lambda: found_by_cmake("find-static", "encke::encke_static"),
    "find_package shared, Asio of its own": lambda: found_by_cmake("own-shared", "encke::encke", "-D", "OWN_ASIO=ON"),
    "find_package static, Asio of its own":
        lambda: found_by_cmake("own-static", "encke::encke_static", "-D", "OWN_ASIO=ON"),
    "pkg-config shared": lambda: found_by_pkg_config("pc-shared", False),
    "pkg-config static": lambda: found_by_pkg_config("pc-static", True),
    "FetchContent": fetched,
}


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main():
    parser = argparse.ArgumentParser(description="Installs the library and builds and runs programs against it.")
    parser.add_argument("words", nargs="*", help="only checks whose name contains one of these")
    words = parser.parse_args().words
    BUILD.mkdir(parents=True, exist_ok=True)
    (BUILD / "log").unlink(missing_ok=True)
    os.environ.setdefault("CCACHE_BASEDIR", str(ROOT))
    os.environ.setdefault("CCACHE_NOHASHDIR", "1")
    failed = 0
    for name, check in CHECKS.items():
        if words and not any(word in name for word in words):
            continue
        began, cpu = time.monotonic(), cpu_seconds()
        try:
            check()
            verdict = "ok"
        except (Failed, OSError, subprocess.SubprocessError) as fault:
            verdict, failed = f"FAILED: {fault}", failed + 1
        spent = f"({time.monotonic() - began:.1f} s, {cpu_seconds() - cpu:.1f} s CPU)"
        print(f"{name}: {verdict} {spent}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
