# SPDX-License-Identifier: MIT
"""What is measured, on which servers, and the bars. Everything else in this folder is told by these tables."""

import dataclasses

SECRET = "a secret for benchmarks, of enough bytes"


@dataclasses.dataclass(frozen=True)
class Server:
    """`command` as a list in which {port}, {secret} and {root} are filled in; `peer` is a folder of bench/peers."""

    id: str
    label: str
    command: tuple = ()
    peer: str = ""
    eio: int = 4
    pinned: bool = True
    is_gateway: bool = False
    is_tls: bool = False
    warms_up: float = 0  # seconds under load, not counted, that a new process gets: for code compiled as it runs
    targets: tuple = ()


REFERENCE = ("{build}/examples/reference", "--port", "0", "--secret", "{secret}", "--workers")
GATEWAY = ("{build}/encke", "serve", "--listen", "127.0.0.1:0", "--api-listen", "127.0.0.1:0", "--secret", "{secret}",
           "--auth-user-claim", "uid", "--workers", "1", "--log-level", "warn")
TLS = ("--tls-certificate", "{work}/certificate.pem", "--tls-key", "{work}/key.pem")


def peer(name, label, id="", flags=(), **more):
    command = ("{root}/bench/peers/" + name + "/run.sh", "--port", "0", "--secret", "{secret}", *flags)
    return Server(id or name, label, command, peer=name, **more)


SERVERS = {server.id: server for server in (
    Server("libencke", "libencke", (*REFERENCE, "1"), targets=("reference",)),
    Server("gateway", "encke gateway", GATEWAY, is_gateway=True, targets=("encke_bin",)),
    Server("floor", "floor", ("{build}/encke-floor", "--port", "0", "--secret", "{secret}"), targets=("encke-floor",)),
    peer("node-ws", "Node/ws", warms_up=2),
    peer("node-ws", "Node/ws, key as text", id="node-ws-text", flags=("--key", "text"), warms_up=2),
    peer("node-eiows", "Node/eiows", warms_up=2),
    peer("socketioxide", "socketioxide (Rust)"),
    peer("go-socket.io", "go-socket.io (Go)", eio=3),
    peer("zishang520-socket.io", "zishang520/socket.io (Go)"),
    peer("python-socketio", "python-socketio"),
    Server("encke-1", "libencke, 1 worker, 2 cores", (*REFERENCE, "1"), pinned=False, targets=("reference",)),
    Server("encke-2", "libencke, 2 workers, 2 cores", (*REFERENCE, "2"), pinned=False, targets=("reference",)),
    Server("libencke-tls", "libencke, TLS", (*REFERENCE, "1", *TLS), is_tls=True, targets=("reference",)),
    Server("gateway-tls", "encke gateway, TLS", (*GATEWAY, *TLS), is_gateway=True, is_tls=True,
           targets=("encke_bin",)),
)}
PEERS = [server.id for server in SERVERS.values() if server.id == server.peer]
SHORT = [id for id, server in SERVERS.items() if server.peer == "" or id == "node-ws"]
EVERYBODY = ["libencke", "floor", *PEERS]


@dataclasses.dataclass(frozen=True)
class Run:
    """One call of encke-bench for each server and round. Pairs are for the short and the full mode."""

    id: str
    arguments: tuple
    servers: list = dataclasses.field(default_factory=lambda: EVERYBODY)
    seconds: tuple = ()
    rounds: tuple = ()
    is_fresh: bool = False  # a new process for each measurement, where memory is looked at
    leaving: tuple = ()  # seconds of watching memory once everybody has left
    only_full: bool = False
    short_servers: tuple = ()  # where fewer will do


def run(id, text, servers=None, **more):
    return Run(id, tuple(text.split()), servers or EVERYBODY, **more)


BOTH = ["libencke", "gateway", *EVERYBODY[1:]]
DOOR = [*BOTH, "node-ws-text"]
RUNS = {entry.id: entry for entry in (
    run("echo-64", "echo --connections 100 --size 64 --window 1"),
    run("echo-1k", "echo --connections 100 --size 1024 --window 1"),
    run("echo-piped", "echo --connections 100 --size 64 --window 16"),
    run("echo-5000", "echo --connections 5000 --size 64 --window 1"),
    run("echo-rate", "echo --connections 100 --size 64 --rate 5000", only_full=True),
    run("broadcast-1000", "broadcast --connections 1000 --size 64"),
    run("broadcast-10000", "broadcast --connections 10000 --size 64", seconds=(0.6, 4)),
    run("burst-10000", "broadcast --connections 10000 --size 64 --burst 16", seconds=(0.6, 6),
        short_servers=("libencke", "floor")),
    run("fair", "fair --connections 10050 --rate 2", ["libencke", "libencke-tls", *EVERYBODY[1:]], seconds=(5, 10),
        rounds=(2, 5), short_servers=("libencke", "libencke-tls", "floor", "node-ws")),
    run("rooms", "rooms --connections 2000 --size 64", only_full=True),
    run("churn", "churn --connections 50", DOOR),
    run("upgrade", "upgrade --connections 40 --rate 40", ["libencke", "gateway", "node-ws"], seconds=(2, 5)),
    run("refuse", "refuse --connections 50 --transport polling --keep-alive on", DOOR),
    run("polling", "polling --connections 100 --size 64"),
    run("publish", "publish --connections 100 --size 64 --window 16", ["gateway", *EVERYBODY[1:]],
        short_servers=("gateway",)),
    run("publish-alone", "publish --connections 100 --size 64", ["gateway", *EVERYBODY[1:]], only_full=True),
    run("publish-batch", "publish --connections 100 --size 64 --batch 100 --window 16", ["gateway"]),
    run("workers", "echo --connections 100 --size 64 --window 16", ["encke-1", "encke-2"]),
    run("idle", "idle --connections 15000", BOTH, seconds=(25, 25), rounds=(1, 3), leaving=(10, 60),
        is_fresh=True, short_servers=("libencke", "gateway")),
    run("idle-tls", "idle --connections 4000", ["gateway-tls"], seconds=(5, 25), rounds=(1, 3), is_fresh=True),
)}

# ---- figures --------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Bar:
    """The subject's median is at most `limit` times that of `against`; without `against`, at most `limit` units."""

    limit: float
    against: str = ""


@dataclasses.dataclass(frozen=True)
class Figure:
    id: str
    run: str
    title: str
    unit: str
    metric: object  # of the result of encke-bench; raises KeyError, TypeError where it is not there
    bars: tuple = ()
    subjects: tuple = ("libencke",)


def cpu(result):
    return result["server_cpu_us_per_message"]


def pss(result):
    return result["pss_bytes_per_connection"] / 1024


def idle_cpu(result):
    return result["cpu_us_per_connection_second"]


def p99(result):
    return result["latency_us"]["p99"]


def p90_ms(result):
    return result["latency_us"]["p90"] / 1000


def p99_ms_of_echo(result):
    return result["parts"]["echo"]["latency_us"]["p99"] / 1000


def p90_ms_of_echo(result):
    return result["parts"]["echo"]["latency_us"]["p90"] / 1000


def back(result):
    """RSS when everybody has been gone for a while, in parts of RSS before anybody came."""
    return result["rss_kib_after_leaving"][-1] / result["server_rss_kib_before"]


def floor_and_node(floor, node):
    return (Bar(floor, "floor"), Bar(node, "node-ws"))


EITHER = ("libencke", "gateway")
FIGURES = (
    Figure("echo-64", "echo-64", "echo with ack, 64 B, 100 connections, window 1", "us CPU per round trip", cpu,
           floor_and_node(1.15, 0.45)),
    Figure("echo-1k", "echo-1k", "echo with ack, 1 KB, 100 connections, window 1", "us CPU per round trip", cpu,
           floor_and_node(1.15, 0.45)),
    Figure("echo-piped", "echo-piped", "echo with ack, 64 B, 100 connections, window 16", "us CPU per round trip", cpu,
           floor_and_node(1.5, 0.08)),
    Figure("echo-5000", "echo-5000", "echo with ack, 64 B, 5000 connections", "us CPU per round trip", cpu,
           (Bar(1.15, "floor"),)),
    Figure("broadcast-1000", "broadcast-1000", "broadcast to 1000", "us CPU per delivery", cpu,
           floor_and_node(1.10, 0.5)),
    Figure("broadcast-10000", "broadcast-10000", "broadcast to 10,000", "us CPU per delivery", cpu,
           floor_and_node(1.10, 0.5)),
    Figure("burst-10000", "burst-10000", "16 broadcasts in one burst to 10,000", "us CPU per delivery", cpu,
           (Bar(1.3, "floor"),)),
    Figure("fair", "fair", "echo of 50 beside two broadcasts a second to 10,000", "ms, 99th percentile", p99_ms_of_echo,
           (Bar(5),)),
    Figure("fair-tls", "fair", "the same with the 10,000 by TLS", "ms, 99th percentile", p99_ms_of_echo, (Bar(10),),
           ("libencke-tls",)),
    Figure("fair-cpu", "fair", "that broadcast and these echoes", "us CPU per delivery", cpu),
    Figure("rooms", "rooms", "tell to rooms of Zipf sizes, 2000 connections", "us CPU per delivery", cpu),
    Figure("churn", "churn", "connect, verify token, CONNECT, two rooms, close", "us CPU per cycle", cpu,
           floor_and_node(1.6, 0.06), EITHER),
    Figure("upgrade", "upgrade", "from connecting by polling to a WebSocket, 40 a second",
           "ms, 90th percentile", p90_ms, (Bar(30),), EITHER),
    Figure("upgrade-echo", "upgrade", "an echo 10 ms after that client was let in", "ms, 90th percentile",
           p90_ms_of_echo),
    Figure("refuse", "refuse", "refused token, connection kept", "us CPU per refusal", cpu,
           floor_and_node(1.6, 0.03), EITHER),
    Figure("polling", "polling", "echo by polling, GET and POST", "us CPU per round trip", cpu,
           (Bar(0.2, "node-ws"),)),
    Figure("publish", "publish", "publish by HTTP to one user, delivered, 16 at a time", "us CPU per publish", cpu,
           (Bar(25),), ("gateway",)),
    Figure("publish-alone", "publish-alone", "the same one at a time: the server sleeps in between",
           "us CPU per publish", cpu),
    Figure("publish-batch", "publish-batch", "publish in batches of 100 lines (NDJSON), 16 at a time, delivered",
           "us CPU per message", cpu, (Bar(3),), ("gateway",)),
    Figure("idle-memory", "idle", "idle, 15,000 connections: memory", "KiB PSS per connection", pss, (Bar(1.0),),
           EITHER),
    Figure("idle-cpu", "idle", "idle, 15,000 connections: processor", "us CPU per connection and second", idle_cpu,
           (Bar(0.5),), EITHER),
    Figure("idle-back", "idle", "memory once 15,000 have left", "x RSS before they came", back, (Bar(1.1),), EITHER),
    Figure("idle-tls", "idle-tls", "idle by TLS, 4000 connections: memory", "KiB PSS per connection", pss, (Bar(12),),
           ("gateway-tls",)),
    Figure("workers", "workers", "2 workers beside 1, on 2 cores, echo, window 16", "us CPU per round trip", cpu,
           (Bar(1.1, "encke-1"),), ("encke-2",)),
    Figure("latency", "echo-rate", "echo at 5000 a second: 99th percentile", "us from intended send to ack", p99),
)
