# SPDX-License-Identifier: MIT
"""Starts and stops the servers under measurement, and sets peers up. Only processes started here are ever stopped."""

import os
import pathlib
import re
import select
import signal
import subprocess
import time

import plan

ROOT = pathlib.Path(__file__).resolve().parents[2]
STARTING = 30  # seconds until a server listens
SETTING_UP = 1800


class Unavailable(Exception):
    """A server that cannot be measured here; the words are for the report."""


def cores():
    """The core of the servers and those of the generator, None without two of them."""
    mine = sorted(os.sched_getaffinity(0))
    return (mine[:1], mine[1:]) if len(mine) > 1 else None


def pin(which):
    """For preexec_fn: 0 the server's core, 1 the generator's."""
    both = cores()
    return (lambda: os.sched_setaffinity(0, both[which])) if both else None


class Process:
    """A server that listens. Its output other than the first lines goes to a log."""

    def __init__(self, server, paths):
        self.server = server
        if server.is_tls:
            make_certificate(paths["work"])
        command = [part.format(secret=plan.SECRET, **paths) for part in server.command]
        log = open(paths["work"] / f"{server.id}.log", "ab")  # noqa: SIM115
        try:
            self.child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL,
                                          preexec_fn=pin(0) if server.pinned else None, start_new_session=True)
        except OSError as error:
            raise Unavailable(f"{command[0]}: {error.strerror}") from error
        finally:
            log.close()
        try:
            self.port = self._port_after(rb"listening on (?:https?://)?127\.0\.0\.1:(\d+)")
            self.api = self._port_after(rb"api on http://127\.0\.0\.1:(\d+)") if server.is_gateway else None
            self.plain = self.port
            if server.is_tls and not server.is_gateway:
                self.port = self._port_after(rb"by TLS on 127\.0\.0\.1:(\d+)")
        except BaseException:
            self.stop()
            raise

    def _port_after(self, pattern):
        """Byte by byte, so that nothing is left in a buffer that select does not see."""
        end, line = time.monotonic() + STARTING, b""
        while time.monotonic() < end:
            if not select.select([self.child.stdout], [], [], 0.5)[0]:
                continue
            byte = os.read(self.child.stdout.fileno(), 1)
            if not byte:
                raise Unavailable(f"{self.server.label} left with status {self.child.wait()} before it listened")
            line += byte
            if byte == b"\n":
                if found := re.search(pattern, line):
                    return int(found.group(1))
                line = b""
        raise Unavailable(f"{self.server.label} did not listen within {STARTING} s")

    @property
    def pid(self):
        return self.child.pid

    def is_alive(self):
        return self.child.poll() is None

    def stop(self):
        for name in (signal.SIGTERM, signal.SIGKILL):
            if not self.is_alive():
                break
            os.killpg(self.child.pid, name)
            try:
                self.child.wait(timeout=5)
            except subprocess.TimeoutExpired:
                continue
        self.child.stdout.close()


def make_certificate(folder):
    """A self-signed one of an elliptic curve, once."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    if certificate.exists() and key.exists():
        return
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "3650", "-subj", "/CN=localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def set_up(name, work):
    """Installs a peer by its setup.sh. Gives its versions; raises Unavailable with the last line of what went wrong."""
    folder = ROOT / "bench/peers" / name
    log = work / f"setup-{name}.log"
    with open(log, "wb") as out:
        command = ["nice", str(folder / "setup.sh")]
        child = subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            status = child.wait(timeout=SETTING_UP)
        except subprocess.TimeoutExpired as error:
            raise Unavailable("its set-up took too long") from error
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
    if status:
        lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
        raise Unavailable(lines[-1].strip() if lines else f"its set-up left with status {status}")
    return (folder / ".built/versions").read_text(encoding="utf-8").strip()
