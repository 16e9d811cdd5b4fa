"""The sweep: every writing verb, every fault, every request. Results are kept, and runs resumed.

python -m tests.faults.sweep [--only SCENARIO] [--kind KIND] [--sample SEED:COUNT] [--fresh]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import stamina

from tests.faults.bench import Case, bench
from tests.faults.scenarios import SCENARIOS, Scenario

__all__ = ["main", "sampled"]

_RESULTS = Path(".cache/faults")
_ATTEMPTS = 4  # of a read, as everywhere, without pauses between them


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


def _swept(scenario: Scenario, results: Path, only_kind: str, sample: str) -> None:
    """Run what is left of one scenario, a line a run."""
    stamina.set_testing(True, attempts=_ATTEMPTS)
    path = results / f"{scenario.name}.jsonl"
    done = {(line["kind"], line["position"]) for line in _lines(path)}
    with (
        tempfile.TemporaryDirectory() as home,
        bench(scenario, Path(home) / "place") as made,
        path.open("a", encoding="utf-8") as file,
    ):
        cases = list(made.cases())
        if sample:
            seed, _, number = sample.partition(":")
            cases = sampled(cases, f"{seed}/{scenario.name}", int(number))
        for case in cases:
            key = case.kind.name, str(case.position)
            if key in done or only_kind not in {"", case.kind.name}:
                continue
            began = time.monotonic()
            outcome = made.outcome(case)
            line = {
                "kind": key[0],
                "position": key[1],
                "met": outcome.met,
                "code": outcome.ran.code,
                "untruths": outcome.untruths,
                "converged": outcome.converged,
                "seconds": round(time.monotonic() - began, 3),
            }
            if outcome.untruths or not outcome.converged:
                line |= {"said": outcome.ran.text[-3000:], "again": outcome.again}
            file.write(json.dumps(line) + "\n")
            file.flush()


def _lines(path: Path) -> Iterator[dict[str, object]]:
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def main(arguments: Sequence[str] | None = None) -> int:
    """Sweep, and print what was found. 1 if anything was."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.sweep", description=__doc__)
    parser.add_argument("--only", default="", help="scenarios, comma separated")
    parser.add_argument("--kind", default="", help="one fault")
    parser.add_argument("--sample", default="", help="SEED:COUNT cases of each scenario")
    parser.add_argument("--results", type=Path, default=_RESULTS / _source_digest())
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--here", action="store_true", help="in this process, one by one")
    options = parser.parse_args(arguments)
    options.results.mkdir(parents=True, exist_ok=True)
    names = [name for name in options.only.split(",") if name]
    chosen = [each for each in SCENARIOS if not names or each.name in names]
    if options.here:
        for each in chosen:
            _swept(each, options.results, options.kind, options.sample)
        return 0
    began = time.monotonic()

    def in_a_process(scenario: Scenario) -> None:
        # A process of its own: the signals that it sends itself are nobody else's.
        command = [sys.executable, "-m", "tests.faults.sweep", "--here", "--only", scenario.name,
                   "--kind", options.kind, "--sample", options.sample,
                   "--results", str(options.results)]  # fmt: skip
        code = subprocess.run(command, check=False).returncode
        print(f"{time.monotonic() - began:6.0f} s  {scenario.name}: exit {code}", flush=True)

    with ThreadPoolExecutor(options.processes) as pool:
        list(pool.map(in_a_process, chosen))
    return _told(chosen, options.results)


def _told(chosen: Sequence[Scenario], results: Path) -> int:
    bad = 0
    for scenario in chosen:
        lines = list(_lines(results / f"{scenario.name}.jsonl"))
        met = [line for line in lines if line["met"]]
        wrong = Counter(
            (line["kind"], str(each))
            for line in met
            for each in line["untruths"]  # type: ignore[attr-defined]
        )
        stuck = [line for line in met if not line["converged"]]
        lying = sum(1 for line in met if line["untruths"])
        bad += lying + len(stuck)
        print(f"\n{scenario.name}: {len(met)} runs, {lying} with untruths, {len(stuck)} stuck")
        for (kind, text), count in wrong.most_common(40):
            print(f"  {count:4} {kind}: {text[:200]}")
        for line in stuck[:20]:
            print(
                f"   not converged: {line['kind']} at {line['position']}: {str(line['again'])[:200]}"
            )
    return 1 if bad else 0


def _source_digest() -> str:
    """Results belong to one state of the program and of this sweep."""
    root = Path(__file__).parents[2]
    digest = hashlib.sha256()
    for path in sorted([*root.glob("src/**/*.py"), *root.glob("tests/faults/*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


if __name__ == "__main__":
    sys.exit(main())
