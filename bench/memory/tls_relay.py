#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Takes plain connections and brings them to a TLS port of this machine, for a load generator that speaks no TLS.

Keeps next to nothing on its way: a client that does not read soon stops the server's writing, too.
"""

import asyncio
import contextlib
import signal
import ssl
import sys

CHUNK = 16 * 1024


async def pump(source, target):
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        while data := await source.read(CHUNK):
            target.write(data)
            await target.drain()
    with contextlib.suppress(OSError, RuntimeError):
        target.close()


def relay_to(port):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

    async def on_client(reader, writer):
        try:
            back, out = await asyncio.open_connection("127.0.0.1", port, ssl=context, limit=CHUNK)
        except OSError:
            writer.close()
            return
        for one in (writer, out):
            one.transport.set_write_buffer_limits(high=CHUNK)
        await asyncio.gather(pump(reader, out), pump(back, writer))

    return on_client


async def main(port):
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda *_: None)  # connections break all the time, and nobody reads about it
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    server = await asyncio.start_server(relay_to(port), "127.0.0.1", 0, limit=CHUNK, backlog=512)
    print(f"listening on 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
