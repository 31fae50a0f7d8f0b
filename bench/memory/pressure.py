# SPDX-License-Identifier: MIT
"""Pressure: a broadcast to readers of whom some have stopped, in a gateway with nothing but a limit for all its memory.

Those that read lose nothing, the process stays below the limit, and the log says who had to go and in what order
memory was found.
"""

import dataclasses
import http.client
import signal
import sys
import threading

import gateway
import measure
import plan
import stacked

sys.path.append(str(gateway.ROOT / "bench/report"))
import tls_idle  # noqa: E402

CUT = "slow reader disconnected"
TOLD = (CUT, "memory is short", "memory suffices again", "memory is short, and nobody can go")
STEPS = ("none", "caches", "unjoined", "handshakes", "lossy", "slowest")


@dataclasses.dataclass(frozen=True)
class Setting:
    limit: str
    clients: int
    stalled: int
    size: int  # of an event
    seconds: float
    count: int = 0  # events in all, if not time ends it
    must_be_short: bool = True  # so much is published that the limit has to act


class Door:
    """Comes with a good token again and again, and keeps what it was answered."""

    def __init__(self, at):
        self.at, self.number = at, 0

    def knock(self):
        self.number += 1
        token = tls_idle.token(plan.SECRET, f"visitor-{self.number}")
        line = http.client.HTTPConnection("127.0.0.1", self.at.port, timeout=10)
        try:
            line.request("GET", f"/socket.io/?EIO=4&transport=polling&token={token}")
            answer = line.getresponse()
            body = answer.read().decode()
            if answer.status == 200:  # out again, so that visitors are not what takes the memory
                sid = body.split('"sid":"')[1].split('"')[0]
                line.request("POST", f"/socket.io/?EIO=4&transport=polling&sid={sid}", body="1")
                line.getresponse().read()
            return {"status": answer.status, "retry_after": answer.headers.get("Retry-After")}
        finally:
            line.close()


def observe(at, setting, byte_rate, threads):
    """Loads the gateway and gives what encke-bench, the log, the door and RSS have to say."""
    door = Door(at)
    arguments = ["--by", "http", "--connections", setting.clients, "--stalled", setting.stalled, "--size", setting.size]
    arguments += ["--byte-rate", int(byte_rate), "--seconds", setting.seconds, "--warmup", 0, "--threads", threads]
    arguments += ["--count", setting.count] if setting.count else []
    ended = threading.Event()

    def read_on_when_cut(generator):
        """Half of those that stalled find out at once why they were cut: it is told for some seconds only."""
        def wait():
            while not ended.wait(0.2):
                if CUT in at.log.read_text(encoding="utf-8"):
                    ended.wait(1)
                    if generator.poll() is None:
                        generator.send_signal(signal.SIGUSR1)
                    return
        threading.Thread(target=wait, daemon=True).start()

    with gateway.Watch(0.1, lambda: gateway.rss_of(at.pid)) as rss, gateway.Watch(0.25, door.knock) as knocks, \
            gateway.Watch(0.25, lambda: at.ask("/debug/memory")) as looks:
        result = at.load("slow", *arguments, body=gateway.TO_ALL, on_start=read_on_when_cut,
                         limit=60 + setting.clients / 20 + 3 * setting.seconds)
    ended.set()
    picture = at.ask("/debug/memory")
    return {
        "setting": dataclasses.asdict(setting), "byte_rate": byte_rate, "limit": picture["limit"],
        "most_rss": gateway.most_rss_of(at.pid), "rss": rss.samples, "door": knocks.samples,
        "used": [(when, look["used"], look["shedding"]) for when, look in looks.samples], "result": result,
        "log": [one for one in at.records() if one["msg"] in TOLD],
        "counters": at.ask("/debug/stats")["counters"], "stayed": at.is_alive(),
    }


def judge(seen, name, verdicts):
    result, setting = seen["result"], seen["setting"]
    reading = setting["clients"] - setting["stalled"]
    say = lambda is_so, words: verdicts.add(is_so, f"{name}: {words}")  # noqa: E731
    say(seen["stayed"], "the gateway stayed")
    say(result["connections"] == setting["clients"] and result.get("stalled") == setting["stalled"],
        f"{result['connections']} clients were in, {result.get('stalled')} of them stopped reading")
    published, delivered = result.get("published", 0), result.get("delivered", 0)
    say(published > 0 and delivered == published * reading and result["lost"] == result["repeated"] == 0,
        f"each of {reading} readers got each of {published} events once and in order: {delivered:,} deliveries, "
        f"{result.get('lost')} lost, {result.get('repeated')} again or out of order")
    errors = result.get("error_kinds", {})
    say(not errors, f"no reader was lost and every event was taken{': ' + str(errors) if errors else ''}")
    most = max(seen["most_rss"], *(count for _, count in seen["rss"]))
    say(most < seen["limit"], f"at most {gateway.mib(most)} of {gateway.mib(seen['limit'])} were resident "
        f"({most / seen['limit']:.1%}), in {len(seen['rss'])} looks and by the kernel's own mark")
    judge_steps(seen, say)
    judge_door(seen, say)


def judge_steps(seen, say):
    """The log: steps in their order, nobody cut before the last one, and everybody that was cut with a reason."""
    order = [one.get("step", CUT) for one in seen["log"] if one["msg"] in (CUT, "memory is short")]
    cuts = [one for one in seen["log"] if one["msg"] == CUT]
    names = [step for step in order if step != CUT]
    first = list(dict.fromkeys(name for name in names))
    went_up = [step for at, step in enumerate(first) if at == 0 or STEPS.index(step) > STEPS.index(first[at - 1])]
    reached = max((STEPS.index(step) for step in names), default=0)
    if seen["setting"]["must_be_short"]:
        say(reached == len(STEPS) - 1, f"memory ran short: steps {', '.join(first) or 'none'}")
    say(first == went_up, f"the log has the steps in their order: {', '.join(names) or 'none was taken'}")
    cut, sent_away = len(cuts), seen["result"].get("stalled_sent_away", 0)
    before = order[:order.index(CUT)] if cut else ["slowest"]
    say("slowest" in before, "nobody was cut before the last step")
    named = sum(bool(one.get("session")) and "memory" in one.get("reason", "") for one in cuts)
    say(named == cut == sent_away, f"the log names {named} sessions that were cut because memory was short; "
        f"{sent_away} of {seen['setting']['stalled']} stalled readers were sent away")
    if seen["setting"]["must_be_short"]:
        say(cut > 0, f"{cut} were cut; those that read again found {seen['result'].get('stalled_ends')}")


def judge_door(seen, say):
    refused = [one for _, one in seen["door"] if one["status"] == 503]
    others = {one["status"] for _, one in seen["door"]} - {200, 503}
    say(all(one["retry_after"] for one in refused) and not others,
        f"of {len(seen['door'])} handshakes {len(refused)} got 503 with Retry-After"
        + (f", others {others}" if others else ", the others 200"))
    counted = [step for _, _, step in seen["used"] if STEPS.index(step) >= STEPS.index("handshakes")]
    if seen["setting"]["must_be_short"] and len(counted) > 8:  # for longer than some knocks
        say(bool(refused), "new handshakes were refused while memory was short")


def picture(seen, title):
    began = seen["rss"][0][0]
    points = [(when - began, [count / gateway.MIB]) for when, count in seen["rss"]]
    limit = seen["limit"] / gateway.MIB
    return stacked.draw(title, "MiB resident", "seconds", ("RSS",), points,
                        [("over over-too", "the limit", [(0, limit), (points[-1][0], limit)])])


def find_rate(given, setting, threads):
    """The highest of some rates that this machine publishes and delivers without falling behind."""
    best = 0
    for byte_rate in given.rates:
        at = gateway.Gateway("pressure-rate", given.build, gateway.WIDE)
        try:
            result = at.load("slow", "--by", "http", "--connections", setting.clients, "--stalled", 1, "--size",
                             setting.size, "--byte-rate", int(byte_rate), "--seconds", 5, "--warmup", 1, "--threads",
                             threads, body=gateway.TO_ALL, limit=120 + setting.clients / 20)
        finally:
            at.stop()
        held = result["published"] * setting.size / (result["seconds"] + 1) / byte_rate
        late = result.get("latency_us", {}).get("p99", 0) / 1e6
        measure.say(f"{byte_rate / 1e6:.2f} MB/s: {held:.1%} published, p99 {late:.2f} s")
        if held < 0.97 or late > 1 or result["lost"]:
            break
        best = byte_rate
    return best


def run_one(given, name, setting, byte_rate, verdicts, threads=1):
    at = gateway.Gateway(f"pressure-{name}", given.build, ("--memory-limit", setting.limit, *gateway.WIDE))
    try:
        seen = observe(at, setting, byte_rate, threads)
    finally:
        at.stop()
    title = f"{setting.clients} clients, {setting.stalled} do not read, {byte_rate / 1e6:.3g} MB/s published"
    (gateway.WORK / f"pressure-{name}.svg").write_text(picture(seen, title), encoding="utf-8")
    judge(seen, name, verdicts)
    return seen


def run(given, verdicts):
    if given.short:
        # As many events as take the memory and go on afterwards, however slow the machine is.
        small = Setting("48MB", 120, 20, 64_000, 150, count=700)
        return {"small": run_one(given, "small", small, 4e6, verdicts)}
    whole = Setting(f"{given.limit:.0f}", given.clients, given.stalled, given.size, given.seconds)
    written = dataclasses.replace(whole, must_be_short=False)
    readers = whole.clients - whole.stalled
    record = {"written": run_one(given, "written", written, given.written / readers, verdicts)}
    rate = given.byte_rate or find_rate(given, whole, 1)
    if not rate:
        verdicts.add(False, "the machine holds none of the rates")
        return record
    # What is published is held once: for as long as that takes to fill the limit, and some time after.
    full = dataclasses.replace(whole, seconds=max(given.seconds, given.limit / rate))
    seen = record["highest"] = run_one(given, "highest", full, rate, verdicts)
    result = seen["result"]
    held = seen["published_rate"] = result["published"] * whole.size / result["seconds"]
    verdicts.add(held >= 0.95 * rate, f"highest: {held / 1e6:.2f} of {rate / 1e6:.2f} MB/s were published, "
                 f"{held * readers / 1e6:,.0f} MB/s written, over {result['seconds']:.0f} s")
    return record
