"""Start-up: the verbs that need no org, beside what they cannot be faster than."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.bench import PROVISION, SPEC

__all__ = ["print_start", "print_validate"]

_RUNS = 7
_SPECS = 1000


def print_start(folder: Path) -> None:
    """Wall time of whole processes, as medians."""
    bound = _timed([sys.executable, "-c", "import typer"], folder)
    print(f"| command | median of {_RUNS}, s | x `python -c 'import typer'` |\n|---|---|---|")
    print(f"| `python -c 'import typer'` | {bound:.2f} | 1.0 |")
    for arguments in (
        ["--help"],
        ["validate", "bench.yaml"],
        ["diff", "bench.yaml", "--org", "local"],
    ):
        seconds = _timed([PROVISION, *arguments], folder)
        print(f"| `provision {' '.join(arguments)}` | {seconds:.2f} | {seconds / bound:.1f} |")
    print()


def print_validate(folder: Path) -> None:
    """CPU time of many specs in one process."""
    for number in range(_SPECS):
        text = SPEC.replace("app: Bench", f"app: Bench{number}")
        (folder / f"many{number}.yaml").write_text(text, encoding="utf-8")
    names = [path.name for path in sorted(folder.glob("many*.yaml"))]
    before = os.times()
    subprocess.run([PROVISION, "validate", *names], cwd=folder, check=True, capture_output=True)
    after = os.times()
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    print(f"`provision validate` of {_SPECS:,} specs: {cpu:.1f} s of CPU\n")


def _timed(command: Sequence[str], folder: Path) -> float:
    """Median wall time in seconds of one command, after a run that warms the caches."""
    taken = []
    for _ in range(_RUNS + 1):
        start = time.perf_counter()
        subprocess.run(command, cwd=folder, check=False, capture_output=True)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken[1:])
