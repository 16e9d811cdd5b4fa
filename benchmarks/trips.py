"""Round trips: what the main verbs ask of an org, and what waiting for it costs."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime
from functools import partial

from benchmarks.bench import Bench, Run, depth
from provision.apply.prepare import prepare
from provision.org.http import http_session
from provision.org.login.flows import TokenLogin
from provision.org.org import ReadableOrg, agreed_version, with_username
from provision.org.pool import MANY_AT_ONCE
from provision.render.template import Templates
from provision.spec.load import load
from provision.spec.variable import Variables

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
    rows = [_first_apply(bench)]
    for title, arguments in verbs:
        seconds = {}
        for milliseconds in _MILLISECONDS:
            bench.set_latency(milliseconds / 1000)
            runs = [bench.run(*arguments) for _ in range(3)]
            seconds[milliseconds] = min(run.seconds for run in runs)
        rows.append((title, runs[-1], seconds))
    bench.set_latency(_MEASURED / 1000)
    started = min(_diff_once_started(bench) for _ in range(3))
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
            f" {_cell(seconds[each], depth(run.requests) * each / 1000)} |"
            for each in _MILLISECONDS
        )
        print(f"| {title} |{cells}")
    bound = depth(runs[-1].requests) * _MEASURED / 1000
    print(
        f"\nA diff at {_MEASURED} ms, start-up not counted: {started:.2f} s, "
        f"{started / bound:.2f} x the bound\n"
    )


def _first_apply(bench: Bench) -> tuple[str, Run, dict[int, float]]:
    """The first apply at each latency, in an org that has forgotten the app in between."""
    seconds = {}
    for milliseconds in _MILLISECONDS:
        bench.set_latency(0)
        if seconds:
            bench.run("destroy", "bench.yaml", "--yes", "--allow", "irreversible")
        bench.set_latency(milliseconds / 1000)
        run = bench.run(*_NO_OP)
        seconds[milliseconds] = run.seconds
    return "first apply, proof included", run, seconds


def _diff_once_started(bench: Bench) -> float:
    """Wall time of a diff in this process, connections and all, in which nothing is imported."""
    spec = load(bench.folder / "bench.yaml", Variables({}, {}))
    login = TokenLogin(
        bench.org.https_url, bench.org.session().access_token, "a benchmark", "", bench.org.ca_file
    )
    start = time.perf_counter()
    with http_session(ca_file=bench.org.ca_file) as http:
        opened = login.open(http)
        version, session = MANY_AT_ONCE.both(
            partial(agreed_version, opened, http, None), partial(with_username, opened, http)
        )
        org = ReadableOrg("local", session, http, version)
        prepare(spec, Templates(), org, datetime.now(UTC).date())
    return time.perf_counter() - start


def _cell(seconds: float, bound: float) -> str:
    return f"{seconds:.2f} ({seconds / bound:.2f} x)" if bound else f"{seconds:.2f}"
