"""Round trips: what the main verbs ask of an org, and what waiting for it costs."""

from __future__ import annotations

from collections import Counter

from benchmarks.bench import Bench, depth

__all__ = ["print_trips"]

_MILLISECONDS = (0, 50, 200)
_MEASURED = 200  # where a round trip is long enough to tell what came one after the other
_NO_OP = ["apply", "bench.yaml", "--yes"]


def print_trips(bench: Bench) -> None:
    """Requests, sequential depth, and wall time of whole processes at several latencies."""
    verbs = [
        ("apply that changes nothing, proof included", _NO_OP),
        ("diff of one app", ["diff", "bench.yaml"]),
    ]
    bench.set_latency(_MEASURED / 1000)
    first = bench.run(*_NO_OP)
    rows = [("first apply, proof included", first, {_MEASURED: first.seconds})]
    for title, arguments in verbs:
        seconds = {}
        for milliseconds in _MILLISECONDS:
            bench.set_latency(milliseconds / 1000)
            runs = [bench.run(*arguments) for _ in range(3)]
            seconds[milliseconds] = min(run.seconds for run in runs)
        rows.append((title, runs[-1], seconds))
    bench.set_latency(0)
    print("| (session given) | requests | one after the other | of which |\n|---|---|---|---|")
    for title, run, _ in rows:
        asked = Counter(record.operation for record in run.requests)
        listed = ", ".join(f"{count} {name}" for name, count in asked.most_common())
        print(f"| {title} | {asked.total()} | {depth(run.requests)} | {listed} |")
    titles = "".join(f" {milliseconds} ms |" for milliseconds in _MILLISECONDS)
    print(f"\n| whole process, s (x the bound: depth x latency) |{titles}")
    print("|---|" + "---|" * len(_MILLISECONDS))
    for title, run, seconds in rows:
        cells = "".join(
            f" {_cell(seconds.get(each), depth(run.requests) * each / 1000)} |"
            for each in _MILLISECONDS
        )
        print(f"| {title} |{cells}")
    print()


def _cell(seconds: float | None, bound: float) -> str:
    if seconds is None:
        return "-"
    return f"{seconds:.2f} ({seconds / bound:.2f} x)" if bound else f"{seconds:.2f}"
