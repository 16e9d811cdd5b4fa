"""Start-up: the verbs that need no org, beside what they cannot be faster than."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.bench import PROVISION, SPEC, Bench, compiled

__all__ = ["print_start", "print_validate"]

_RUNS = 7
_SPECS = 1000

# What a verb with one option costs before it does anything.
_EMPTY = """\
import typer

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def main(name: str = "") -> None: ...


app()
"""


def print_start(bench: Bench) -> None:
    """Wall time of whole processes, as medians. The app of ``bench.yaml`` is as it says.

    The commands take turns, so that a machine that slows down slows all of them down.
    """
    (bench.folder / "empty.py").write_text(_EMPTY, encoding="utf-8")
    commands = {
        "python -c 'import typer'": [sys.executable, "-c", "import typer"],
        "a typer program without any work": [sys.executable, "empty.py", "--name", "x"],
        "provision --help": [PROVISION, "--help"],
        "provision validate bench.yaml": [PROVISION, "validate", "bench.yaml"],
        "provision diff bench.yaml": [PROVISION, "diff", "bench.yaml"],
        "provision diff bench.yaml --org local": [PROVISION, "diff", "bench.yaml", "--org=local"],
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(_RUNS + 1):
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run(
                command, cwd=bench.folder, env=bench.environment, check=False, capture_output=True
            )
            taken[name].append(time.perf_counter() - start)
    # Without the first run, which warms the caches.
    medians = {name: statistics.median(seconds[1:]) for name, seconds in taken.items()}
    bound = next(iter(medians.values()))
    print(f"| command | median of {_RUNS}, s | x `python -c 'import typer'` |\n|---|---|---|")
    for name, seconds in medians.items():
        print(f"| `{name}` | {seconds:.2f} | {seconds / bound:.1f} |")
    print()


def print_validate(folder: Path) -> None:
    """CPU time of many specs in one process."""
    for number in range(_SPECS):
        text = SPEC.replace("app: Bench", f"app: Bench{number}")
        (folder / f"many{number}.yaml").write_text(text, encoding="utf-8")
    names = [path.name for path in sorted(folder.glob("many*.yaml"))]
    before = os.times()
    subprocess.run(
        [PROVISION, "validate", *names],
        cwd=folder, env=compiled(), check=True, capture_output=True,
    )  # fmt: skip
    after = os.times()
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    print(f"`provision validate` of {_SPECS:,} specs: {cpu:.1f} s of CPU\n")
