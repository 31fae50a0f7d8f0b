# SPDX-License-Identifier: MIT
"""A backend in Python, with the client that openapi-python-client makes of docs/openapi.yaml.

Given the API's address it prints as JSON what it got. Called by interop.test.js.
"""
import json
import sys

from encke_gateway_client import Client
from encke_gateway_client.api.calls import disconnect, emit, emit_with_ack, join, leave
from encke_gateway_client.api.views import list_rooms, list_users
from encke_gateway_client.models import (
    AskRequest, DisconnectRequest, EmitRequest, Except, JoinRequest, LeaveRequest)

client = Client(base_url=sys.argv[1])
sent = emit.sync(client=client, body=EmitRequest(
    event="order", users=["pia", 42], args=[{"id": 17}], except_=Except(users=["nobody"])))
asked = emit_with_ack.sync(client=client, body=AskRequest(event="vote", users=["pia"], timeout_ms=2000))
joined = join.sync(client=client, body=JoinRequest(join=["staff", 7], users=["pia"]))
rooms = list_rooms.sync(client=client, after="r", limit=1)
left = leave.sync(client=client, body=LeaveRequest(leave=["staff", 7], users=["pia"]))
users = list_users.sync(client=client)
wrong = emit.sync(client=client, body=EmitRequest(event="nobody"))
gone = disconnect.sync(client=client, body=DisconnectRequest(users=["pia"], reason="over"))
print(json.dumps({
    "sockets": sent.sockets,
    "votes": [one.args[0] for one in asked.answers],
    "moved": [joined.ok, left.ok],
    "rooms": len(rooms.rooms),
    "users": [one.user for one in users.users],
    "refused": str(wrong.code),
    "kicked": gone.disconnected,
}))
