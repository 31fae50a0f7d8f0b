#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Idle connections by TLS: the load `idle` of encke-bench over wss, which encke-bench does not speak.

Takes those of its flags that measure.py gives, connects one after the other, answers pings while it waits, and prints
the memory and processor time of the server per connection.
"""

import argparse
import base64
import hashlib
import hmac
import json
import os
import pathlib
import re
import selectors
import socket
import ssl
import time
import urllib.parse

SETTLED = 1.0  # seconds between the last connection and the look at the server's memory
MASK = b"\x21\x43\x65\x87"


def arguments():
    asked = argparse.ArgumentParser()
    asked.add_argument("scenario", choices=["idle"])
    asked.add_argument("--url", required=True)
    asked.add_argument("--pid", required=True)
    asked.add_argument("--secret", required=True)
    asked.add_argument("--connections", type=int, default=1000)
    asked.add_argument("--seconds", type=float, default=5)
    return asked.parse_known_args()[0]


def token(secret, user):
    def part(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    claims = json.dumps({"uid": user, "exp": int(time.time()) + 86400}).encode()
    signed = part(b'{"alg":"HS256","typ":"JWT"}') + "." + part(claims)
    return signed + "." + part(hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest())


def frame(text):
    masked = bytes(byte ^ MASK[at % 4] for at, byte in enumerate(text))
    return bytes([0x81, 0x80 | len(text)]) + MASK + masked


def read_until(stream, pattern):
    data = b""
    while not re.search(pattern, data, re.S):
        more = stream.recv(4096)
        if not more:
            raise ConnectionError("closed while it was opened")
        data += more


def connect(context, url, secret, number):
    raw = socket.create_connection((url.hostname, url.port), timeout=20)
    stream = context.wrap_socket(raw, server_hostname="localhost")
    query = f"EIO=4&transport=websocket&token={token(secret, f'user-{number}')}"
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [f"GET {url.path}?{query} HTTP/1.1", f"Host: {url.netloc}", "Connection: Upgrade", "Upgrade: websocket",
             "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}", "", ""]
    stream.sendall("\r\n".join(lines).encode())
    read_until(stream, rb"HTTP/1.1 101.*0\{.*\}")
    stream.sendall(frame(b"40"))
    read_until(stream, rb"40\{.*\}")
    return stream


def memory(pid):
    """RSS and PSS in KiB."""
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
    return [int(re.search(rf"^{name}:\s+(\d+)", text, re.M).group(1)) for name in ("Rss", "Pss")]


def cpu_us(pid):
    tasks = pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text(encoding="utf-8").split()[0]) for task in tasks) / 1000


def hold(streams, seconds):
    """Answers pings. Gives how many connections were lost."""
    waiting, lost = selectors.DefaultSelector(), 0
    for stream in streams:
        stream.setblocking(False)
        waiting.register(stream, selectors.EVENT_READ)
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        for entry, _ in waiting.select(left):
            try:
                data = entry.fileobj.recv(4096)
            except ssl.SSLWantReadError:
                continue
            except OSError:
                data = b""
            if not data:
                lost += 1
                waiting.unregister(entry.fileobj)
            elif data.startswith(b"\x81\x012"):
                entry.fileobj.send(frame(b"3"))
    return lost


def main():
    given = arguments()
    url = urllib.parse.urlsplit(given.url)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    rss_before, pss_before = memory(given.pid)
    streams = [connect(context, url, given.secret, number) for number in range(given.connections)]
    time.sleep(SETTLED)
    began = cpu_us(given.pid)
    lost = hold(streams, given.seconds)
    spent = cpu_us(given.pid) - began
    rss_after, pss_after = memory(given.pid)
    print(json.dumps({
        "scenario": "idle", "url": given.url, "connections": given.connections, "seconds": given.seconds,
        "errors": lost,
        "server_rss_kib_before": rss_before, "server_rss_kib_after": rss_after,
        "server_pss_kib_before": pss_before, "server_pss_kib_after": pss_after,
        "pss_bytes_per_connection": (pss_after - pss_before) * 1024 / given.connections,
        "cpu_us_per_connection_second": spent / given.connections / given.seconds, "bottleneck": "none",
    }))


if __name__ == "__main__":
    main()
