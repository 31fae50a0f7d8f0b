#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs a program in a terminal of its own and tells as JSON what became of both.

  terminal.py [--size COLSxROWS] STEP... -- COMMAND...

Steps, one after the other: `wait:TEXT` until the program wrote this since the last step, `key:KEYS` types,
`size:100x40` changes the window, `signal:TERM` sends one, `signal_to:PID:TERM` sends one to another, `stopped:` waits
until the program is stopped, `sleep:SECONDS`. Then the program is expected to end. The answer has `status` (an exit
code, or minus a signal), `output`, and `restored`: whether the settings of the terminal are what they were.
"""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

PATIENCE = float(os.environ.get("ENCKE_E2E_WAIT", "8000")) / 1000


class Gone(Exception):
    """The program ended."""


class Terminal:
    def __init__(self, command, size):
        self.outer, self.inner = pty.openpty()
        self.resize(size, None)
        self.before = termios.tcgetattr(self.inner)
        self.output, self.seen = b"", 0
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            fcntl.ioctl(self.inner, termios.TIOCSCTTY, 0)
            for descriptor in range(3):
                os.dup2(self.inner, descriptor)
            os.close(self.outer)
            os.execvp(command[0], command)

    def resize(self, size, pid):
        columns, rows = map(int, size.split("x"))
        fcntl.ioctl(self.inner, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        if pid:
            os.kill(pid, signal.SIGWINCH)

    def read(self, seconds):
        """Takes what comes; True if the program ended."""
        if select.select([self.outer], [], [], seconds)[0]:
            self.output += os.read(self.outer, 65536)
            return False
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def wait(self, text):
        end = time.monotonic() + PATIENCE
        while (at := self.output.find(text.encode(), self.seen)) < 0:
            if self.read(0.02):
                raise Gone(f"ended before it wrote {text!r}")
            if time.monotonic() > end:
                raise TimeoutError(f"did not write {text!r}")
        self.seen = at + len(text.encode())

    def step(self, step):
        what, _, value = step.partition(":")
        if what == "wait":
            return self.wait(value)
        if what == "stopped":
            os.waitid(os.P_PID, self.pid, os.WSTOPPED)
        if what == "sleep":
            end = time.monotonic() + float(value)
            while time.monotonic() < end:
                self.read(0.02)
        self.seen = len(self.output)
        if what == "key":
            os.write(self.outer, value.encode().decode("unicode_escape").encode())
        elif what == "size":
            self.resize(value, self.pid)
        elif what == "signal":
            os.kill(self.pid, getattr(signal, "SIG" + value))
        elif what == "signal_to":
            pid, name = value.split(":")
            os.kill(int(pid), getattr(signal, "SIG" + name))

    def end(self):
        end = time.monotonic() + PATIENCE
        while not self.read(0.02):
            if time.monotonic() > end:
                os.kill(self.pid, signal.SIGKILL)
                raise TimeoutError("did not end")
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def main(arguments):
    size = "80x24"
    if arguments[0] == "--size":
        size, arguments = arguments[1], arguments[2:]
    split = arguments.index("--")
    terminal = Terminal(arguments[split + 1 :], size)
    answer = {}
    try:
        for step in arguments[:split]:
            terminal.step(step)
        answer["status"] = terminal.end()
    except (Gone, TimeoutError) as trouble:
        answer["trouble"] = str(trouble)
        os.kill(terminal.pid, signal.SIGKILL)
    answer["restored"] = termios.tcgetattr(terminal.inner) == terminal.before
    answer["output"] = terminal.output.decode("utf-8", "replace")
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
