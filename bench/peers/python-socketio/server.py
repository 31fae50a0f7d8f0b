# SPDX-License-Identifier: MIT
"""The benchmark application on python-socketio and uvicorn: what each of these servers does, see ../README.md."""

import argparse
import json
import socket
import urllib.parse

import jwt
import socketio
import uvicorn


def arguments():
    asked = argparse.ArgumentParser()
    asked.add_argument("--port", type=int, default=0)
    asked.add_argument("--secret", required=True)
    asked.add_argument("--ping-interval", type=int, default=25000)
    asked.add_argument("--ping-timeout", type=int, default=20000)
    return asked.parse_args()


given = arguments()
io = socketio.AsyncServer(
    async_mode="asgi",
    ping_interval=given.ping_interval / 1000,
    ping_timeout=given.ping_timeout / 1000,
    http_compression=False,
    logger=False,
    engineio_logger=False,
)


@io.event
async def connect(sid, environ):
    await io.enter_room(sid, environ["asgi.scope"]["user"])
    await io.enter_room(sid, "house")


@io.on("echo-ack")
async def echo_ack(sid, *args):
    return args


@io.on("echo")
async def echo(sid, *args):
    await io.emit("echo", args, to=sid)


@io.on("shout")
async def shout(sid, *args):
    await io.emit("shout", args, room="house")


@io.on("tell")
async def tell(sid, room, *args):
    await io.emit("tell", args, room=room)


async def answer(send, status, body=b""):
    headers = [(b"content-length", str(len(body)).encode()), (b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def publish(receive, send):
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    order = json.loads(body)
    await io.emit(order["event"], order["data"], room=order["room"])
    await answer(send, 200, b"{}")


def user_of(query):
    """The user of a handshake, None if there is no good token."""
    try:
        claims = jwt.decode(query.get("token", [""])[0], given.secret, algorithms=["HS256"])
    except jwt.InvalidTokenError:
        return None
    return claims.get("uid")


async def refuse(kind, receive, send):
    if kind == "http":
        return await answer(send, 401)
    await receive()
    await send({"type": "websocket.http.response.start", "status": 401, "headers": [(b"content-length", b"0")]})
    await send({"type": "websocket.http.response.body", "body": b""})


engine = socketio.ASGIApp(io)


async def app(scope, receive, send):
    kind = scope["type"]
    if kind == "http" and scope["path"] == "/publish":
        return await publish(receive, send)
    if kind in ("http", "websocket"):
        query = urllib.parse.parse_qs(scope["query_string"].decode())
        if "sid" not in query:
            user = user_of(query)
            if not isinstance(user, str) or not user:
                return await refuse(kind, receive, send)
            scope["user"] = user
    await engine(scope, receive, send)


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", given.port))
listener.listen(4096)
print(f"listening on 127.0.0.1:{listener.getsockname()[1]}", flush=True)
config = uvicorn.Config(app, access_log=False, log_level="critical", lifespan="off", ws_per_message_deflate=False)
uvicorn.Server(config).run(sockets=[listener])
