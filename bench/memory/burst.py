# SPDX-License-Identifier: MIT
"""Burst: everybody's queue is filled with messages of its own and drained again. Does the memory come back?"""

import gateway
import stacked

BAR = 1.10  # of what was resident before, for what is resident after


def observe(given, at, then):
    """One burst. RSS as (time, bytes), and when its parts began."""
    def look():
        return gateway.rss_of(at.pid)

    def parts():
        return {part["name"]: part["bytes"] for part in at.ask("/debug/memory")["parts"]}

    with gateway.Watch(0.1, look) as watch, gateway.Watch(1, parts) as pictures:
        result = at.load("fill", "--connections", given.clients, "--count", given.messages, "--size", given.size,
                         "--batch", min(100, max(1, 800_000 // (given.size + 100))), "--hold", given.hold, "--seconds",
                         120, "--leaving", given.after, "--then", then,
                         limit=300 + given.clients / 20 + given.after)
    return summarize({"result": result, "rss": watch.samples, "parts": pictures.samples, "then": then,
                      "hold": given.hold, "wanted": given.clients * given.messages,
                      "most_rss": gateway.most_rss_of(at.pid)})


def at_time(samples, when):
    """The last look before, or else the first."""
    return next((count for at, count in reversed(samples) if at <= when), samples[0][1])


def grown(pictures, before, after):
    """Parts of memory of which there is more than before, or less, by the gateway's own account."""
    if not pictures:
        return {}
    first, last = at_time(pictures, before), at_time(pictures, after)
    changes = {name: last[name] - first[name] for name in first}
    return {name: change for name, change in changes.items() if abs(change) >= gateway.MIB / 10}


def summarize(seen):
    """`before` and `after` are of the same: all connected and idle, or nobody there."""
    moments, samples = seen["result"]["began_at"], seen["rss"]
    freed = moments["drained" if seen["then"] == "read" else "left"]
    end = moments["leaving"] if seen["then"] == "read" else samples[-1][0]
    # Nothing is published for the first `hold` seconds.
    idle = moments["measured"] + 0.9 * seen["hold"] if seen["then"] == "read" else 0
    before = at_time(samples, idle)
    watched = [(at - freed, count) for at, count in samples if freed <= at <= end]
    seconds = [{"second": second, "rss": at_time(samples, freed + second)} for second in range(int(end - freed) + 1)]
    late = [at for at, count in watched if count > before * BAR]
    seen |= {"before": before, "peak": max(count for at, count in samples if at <= freed), "after": watched[-1][1],
             "grown": grown(seen["parts"], idle, end),
             "seconds": seconds, "gave_back_after": max(late, default=0.0), "published_at": moments["draining"]}
    return seen


def is_valid(seen):
    """The queues were what they were meant to be: otherwise its figures say nothing about memory."""
    result, wanted = seen["result"], seen["wanted"]
    came = seen["then"] == "leave" or (result["delivered"] == wanted and not result["lost"] and not result["repeated"])
    return came and result["published"] == wanted and not result["errors"]


def judge_fill(seen, name, verdicts):
    result = seen["result"]
    kinds = f" {result['error_kinds']}" if result.get("error_kinds") else ""
    verdicts.add(is_valid(seen), f"{name}: {result['published']:,} of {seen['wanted']:,} events were published, "
                 f"{result['delivered']:,} read, {result['lost']} lost, {result['errors']} errors{kinds}")


def judge(seen, name, verdicts):
    judge_fill(seen, name, verdicts)
    verdicts.add(seen["peak"] > 1.5 * seen["before"], f"{name}: the queues were filled: {gateway.mib(seen['before'])} "
                 f"before, {gateway.mib(seen['peak'])} at the peak")
    share = seen["after"] / seen["before"]
    parts = ", ".join(f"{part} {change / gateway.MIB:+.1f} MiB" for part, change in seen["grown"].items())
    verdicts.add(share <= BAR, f"{name}: {gateway.mib(seen['after'])} at the end, {share - 1:+.1%} (bar: +10 %); below "
                 f"the bar for good after {seen['gave_back_after']:.1f} s. By part: {parts or 'the same'}")


def table(bursts):
    yield "| seconds after | " + " | ".join(bursts) + " |"
    yield "|---:" * (1 + len(bursts)) + "|"
    rows = [("before", "before"), ("peak", "peak")]
    for words, member in rows:
        yield f"| {words} | " + " | ".join(gateway.mib(seen[member]) for seen in bursts.values()) + " |"
    for second in (0, 1, 2, 3, 5, 10, 15, 20, 30, 45, 60):
        cells = [next((gateway.mib(s["rss"]) for s in seen["seconds"] if s["second"] == second), "")
                 for seen in bursts.values()]
        if any(cells):
            yield f"| {second} | " + " | ".join(cells) + " |"


def picture(bursts):
    lines = []
    for at, (name, seen) in enumerate(bursts.items()):
        began = seen["rss"][0][0]
        lines.append((("over", "over over-too")[at % 2], name,
                      [(when - began, count / gateway.MIB) for when, count in seen["rss"]]))
    first = lines[0][2]
    return stacked.draw("Queues are filled and drained", "MiB resident", "seconds", (),
                        [(when, []) for when, _ in first], lines)


def run(given, verdicts):
    bursts = {}
    for then in ("read", "leave"):
        at = gateway.Gateway(f"burst-{then}", given.build, gateway.WIDE)
        try:
            bursts[f"then they {then}"] = observe(given, at, then)
        finally:
            at.stop()
    print("\n".join(table(bursts)), end="\n\n")
    (gateway.WORK / "burst.svg").write_text(picture(bursts), encoding="utf-8")
    for name, seen in bursts.items():
        judge(seen, name, verdicts)
    return {"bursts": bursts}
