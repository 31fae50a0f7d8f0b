#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The load `fair` of encke-bench with the many by TLS, which encke-bench does not speak: clients that only listen, and
one that sends broadcasts to all of them. The few that echo are encke-bench's, on the server's port without TLS.

What the many get is thrown away as it comes, without being decrypted: only the server is measured.
"""

import argparse
import json
import os
import select
import ssl
import subprocess
import threading
import time
import urllib.parse

import tls_idle

QUICK_CLIENTS, QUICK_RATE = 50, 500  # as in bench/load/mixed.cpp


def arguments():
    asked = argparse.ArgumentParser()
    asked.add_argument("scenario", choices=["fair"])
    asked.add_argument("--url", required=True)
    asked.add_argument("--plain-url", required=True)
    asked.add_argument("--generator", required=True)
    asked.add_argument("--pid", required=True)
    asked.add_argument("--secret", required=True)
    asked.add_argument("--connections", type=int, default=1050)
    asked.add_argument("--rate", type=float, default=2)
    asked.add_argument("--seconds", type=float, default=5)
    return asked.parse_known_args()[0]


def throw_away(streams, is_over):
    """Counts the reads that found something."""
    waiting, found = select.epoll(), 0
    for stream in streams:
        stream.setblocking(False)
        waiting.register(stream.fileno(), select.EPOLLIN)
    while not is_over.is_set():
        for descriptor, _ in waiting.poll(0.1):
            found += len(os.read(descriptor, 65536)) > 0
    return found


def shout(speaker, rate, is_over):
    while not is_over.wait(1 / rate):
        speaker.send(tls_idle.frame(b'42["shout","' + b"x" * 64 + b'"]'))


def main():
    given = arguments()
    url = urllib.parse.urlsplit(given.url)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    many = given.connections - QUICK_CLIENTS
    streams = [tls_idle.connect(context, url, given.secret, number) for number in range(many)]
    is_over, found = threading.Event(), []
    threads = [threading.Thread(target=lambda: found.append(throw_away(streams[1:], is_over))),
               threading.Thread(target=shout, args=(streams[0], given.rate, is_over))]
    for thread in threads:
        thread.start()
    began, cpu = time.monotonic(), tls_idle.cpu_us(given.pid)
    command = [given.generator, "echo", "--connections", str(QUICK_CLIENTS), "--rate", str(QUICK_RATE), "--json", "-",
               "--url", given.plain_url, "--pid", given.pid, "--secret", given.secret, "--seconds", str(given.seconds)]
    echo = json.loads(subprocess.run(command, check=True, capture_output=True, preexec_fn=lambda: os.nice(-15)).stdout)
    spent, seconds = tls_idle.cpu_us(given.pid) - cpu, time.monotonic() - began
    is_over.set()
    for thread in threads:
        thread.join()
    deliveries = seconds * given.rate * many
    print(json.dumps({
        "scenario": "fair", "url": given.url, "connections": given.connections, "seconds": given.seconds,
        "errors": echo["errors"], "messages": echo["messages"], "reads_that_found_something": found[0],
        "server_cpu_us_per_message": spent / deliveries, "parts": {"echo": {"latency_us": echo["latency_us"]}},
        "bottleneck": "none",
    }))


if __name__ == "__main__":
    main()
