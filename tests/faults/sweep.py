"""The sweep: every writing verb, every fault, every request. Results are kept, and runs resumed.

python -m tests.faults.sweep [--only SCENARIO,...] [--kind FAULT,...] [--sample SEED:COUNT]

Exits 1 if a run told an untruth, or if a rerun did not converge.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from provision.org import soap
from provision.org.retry import Waits
from tests.faults.bench import Case, bench
from tests.faults.results import Line, Results, Tally
from tests.faults.scenarios import SCENARIOS, Scenario

__all__ = ["main", "sampled"]

_SHARDS = 3  # of a scenario, so that two processes end at about the same time
_MOST_SHOWN = 20


@dataclass(frozen=True)
class _Choice:
    """Which cases of a scenario are run."""

    kinds: frozenset[str]
    sample: str
    shard: int
    shards: int

    @property
    def is_whole(self) -> bool:
        """Whether no case of the shard is left out."""
        return not self.kinds and not self.sample

    def of(self, scenario: Scenario, cases: Sequence[Case]) -> list[Case]:
        """The chosen ones."""
        chosen = [case for case in cases if not self.kinds or case.kind.name in self.kinds]
        if self.sample:
            seed, _, count = self.sample.partition(":")
            chosen = sampled(chosen, f"{seed}/{scenario.name}", int(count))
        return chosen[self.shard :: self.shards]


def sampled(cases: Sequence[Case], seed: str, count: int) -> list[Case]:
    """``count`` cases, the same ones for the same seed; each fault as often as the others."""
    chosen = random.Random(seed)  # a sample, no secret
    by_kind: dict[str, list[Case]] = {}
    for case in chosen.sample(cases, len(cases)):
        by_kind.setdefault(case.kind.name, []).append(case)
    picked: list[Case] = []
    while len(picked) < count and by_kind:
        for name in chosen.sample(sorted(by_kind), len(by_kind)):
            picked.append(by_kind[name].pop())
            if not by_kind[name]:
                del by_kind[name]
    return picked[:count]


def main(arguments: Sequence[str] | None = None) -> int:
    """Sweep, and say what was found. 1 if anything was."""
    options = _options(arguments)
    results = Results(options.results) if options.results else Results.of_source()
    chosen = [each for each in SCENARIOS if not options.only or each.name in options.only]
    choice = _Choice(frozenset(options.kind), options.sample, options.shard, options.shards)
    if options.here:
        for each in chosen:
            _sweep(each, results, choice)
    else:
        _in_processes(chosen, results, choice, options.processes)
    return _tell(chosen, results)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    def names(text: str) -> list[str]:
        return [name for name in text.split(",") if name]

    parser = argparse.ArgumentParser(prog="python -m tests.faults.sweep", description=__doc__)
    parser.add_argument("--only", type=names, default=[], help="scenarios, comma separated")
    parser.add_argument("--kind", type=names, default=[], help="faults, comma separated")
    parser.add_argument("--sample", default="", help="SEED:COUNT cases of each scenario")
    parser.add_argument("--results", type=Path, help="a directory of one's own")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--here", action="store_true", help="in this process, one by one")
    parser.add_argument("--shard", type=int, default=0)
    parser.add_argument("--shards", type=int, default=1)
    return parser.parse_args(arguments)


def _sweep(scenario: Scenario, results: Results, choice: _Choice) -> None:
    """Run what is left of one scenario. Reads are repeated without a wait."""
    soap.READ_WAITS = Waits(0.0)
    done = {(line.kind, line.position) for line in results.lines(scenario.name)}
    with tempfile.TemporaryDirectory() as home, bench(scenario, Path(home) / "place") as made:
        for case in choice.of(scenario, list(made.cases())):
            if (case.kind.name, str(case.position)) in done:
                continue
            began = time.monotonic()
            outcome = made.outcome(case)
            line = Line(
                case.kind.name,
                str(case.position),
                outcome.met,
                outcome.ran.code,
                outcome.untruths,
                outcome.converged,
                round(time.monotonic() - began, 3),
                outcome.ran.text,
                outcome.again,
            )
            results.add(scenario.name, choice.shard, line)
    if choice.is_whole:
        results.complete(scenario.name, choice.shard, choice.shards)


def _in_processes(
    chosen: Sequence[Scenario], results: Results, choice: _Choice, processes: int
) -> None:
    """Each shard of a scenario in a process of its own: its signals are nobody else's.

    An interruption ends them at once: if it reached them, they would take it for a fault.
    """
    began = time.monotonic()
    shards = _SHARDS if choice.is_whole else 1
    running: set[subprocess.Popen[bytes]] = set()

    def run(scenario: Scenario, shard: int) -> None:
        command = [sys.executable, "-m", "tests.faults.sweep", "--here", "--only", scenario.name,
                   "--kind", ",".join(choice.kinds), "--sample", choice.sample,
                   "--results", str(results.directory),
                   "--shard", str(shard), "--shards", str(shards)]  # fmt: skip
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
        running.add(process)
        code = process.wait()
        running.discard(process)
        if code not in {0, 1}:
            raise RuntimeError(f"{scenario.name}: the sweep itself failed, exit {code}")
        _say(f"{time.monotonic() - began:6.0f} s  {scenario.name} {shard + 1}/{shards}")

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    tasks = [(scenario, shard) for scenario in chosen for shard in range(shards)]
    with ThreadPoolExecutor(processes) as pool:
        try:
            for ended in [pool.submit(run, *task) for task in tasks]:
                ended.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in list(running):
                process.kill()
            raise


def _tell(chosen: Sequence[Scenario], results: Results) -> int:
    """Say what was found; 1 if anything was, or if nothing was run."""
    whole = Tally()
    for scenario in chosen:
        tally = Tally()
        lines = [line for line in results.lines(scenario.name) if line.met]
        for line in lines:
            tally.count(line)
            whole.count(line)
        _say(f"{scenario.name}: {tally.runs} runs, {tally.untrue} untrue, {tally.stuck} stuck")
        found = Counter((line.kind, each) for line in lines for each in line.untruths)
        for (kind, text), count in found.most_common(_MOST_SHOWN):
            _say(f"  {count:4} {kind}: {text[:200]}")
        for line in [line for line in lines if not line.converged][:_MOST_SHOWN]:
            _say(f"  not converged: {line.kind} at {line.position}: {line.again[:200]}")
        spared = sum(not line.met for line in results.lines(scenario.name))
        if spared:
            _say(f"  {spared} more, in which the request was not made that was to meet the fault")
    _say(f"{whole.runs} runs, {whole.untrue} with untruths, {whole.stuck} not converged")
    return 1 if whole.untrue or whole.stuck or not whole.runs else 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
