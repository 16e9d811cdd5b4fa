"""Fleets: a diff and an apply of 1 to 1,000 orgs, beside what `requests` alone takes.

python -m benchmarks.fleet            # by itself: some minutes
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from benchmarks.bench import PROVISION, SPEC, compiled
from benchmarks.calls import CALLS

__all__ = ["print_fleets"]

_SIZES = (1, 10, 100, 1000)
_THREADS = 64
_LATENCY = 0.05
_ROOT = Path(__file__).resolve().parents[1]
# The checkout that is measured, and its benchmarks: `benchmarks.bare` is a program of them.
_PATH = os.pathsep.join([str(_ROOT / "src"), str(_ROOT)])

# Without the permission set: the orgs of a fleet have users of their own.
_SPEC = "".join(line for line in SPEC.splitlines(keepends=True) if "permission_sets" not in line)


@dataclass(frozen=True)
class Spent:
    """What a process took: seconds on the wall and of CPU, and the most memory, in MB."""

    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True)
class Fleets:
    """A folder with fleets of several sizes, and the server of their orgs."""

    folder: Path
    http_url: str
    ca_file: str

    def run(self, *command: str) -> Spent:
        """Run a program to its end, which must be a good one."""
        environment = compiled() | {"REQUESTS_CA_BUNDLE": self.ca_file, "PYTHONPATH": _PATH}
        start = time.perf_counter()
        with subprocess.Popen(
            command, cwd=self.folder, env=environment, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:  # fmt: skip
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
        cpu = usage.ru_utime + usage.ru_stime
        return Spent(time.perf_counter() - start, cpu, usage.ru_maxrss / 1024)

    def provision(self, verb: str, size: int, *options: str) -> Spent:
        """A verb of ours over one fleet."""
        threads = f"--concurrency={_THREADS}"
        return self.run(PROVISION, verb, f"fleet-{size}.yaml", threads, "--quiet", *options)

    def bare(self, size: int) -> Spent:
        """The calls of a diff, by `requests` alone."""
        fleet = str(self.folder / f"fleet-{size}.yaml")
        return self.run(sys.executable, "-m", "benchmarks.bare", fleet, str(_THREADS))

    def calls_of_newest_run(self) -> int:
        """How many calls to orgs the newest run over a fleet counted."""
        newest = max(self.folder.glob(".provision/runs/*/rows.jsonl"))
        rows = newest.read_text(encoding="utf-8").splitlines()[1:]
        return sum(json.loads(row)["calls"] for row in rows)

    def set_latency(self, seconds: float) -> None:
        """Let every answer take longer from here on."""
        latency = [{"operation": "*", "seconds": seconds}] if seconds else []
        url = f"{self.http_url}/__localorg__/faults"
        requests.put(url, json={"latency": latency}, timeout=20).raise_for_status()


def print_fleets(sizes: Sequence[int] = _SIZES, by_sf: float | None = None) -> None:
    """First apply, apply that changes nothing, and diff, at 50 ms; a diff beside its bounds.

    ``by_sf`` is what `sf` takes for one org at 50 ms, to log in, retrieve, deploy and retrieve.
    """
    with tempfile.TemporaryDirectory() as name, _served(Path(name), sizes) as fleets:
        print(
            "| orgs | first apply, s | `sf`, one org after the other, s | apply again, s | diff, s "
            "| requests of a diff an org | CPU of a diff an org, ms | memory, MB |"
            "\n|---|---|---|---|---|---|---|---|"
        )
        for size in sizes:
            print(_row(fleets, size, by_sf), flush=True)
        print(
            "\n| orgs | latency bound, s | `requests` alone at 0 ms, s | at 50 ms, s | diff, s "
            "| of the larger bound | of `requests` at 50 ms |\n|---|---|---|---|---|---|---|"
        )
        for size in sizes:
            print(_bounds(fleets, size), flush=True)
        print()


def _row(fleets: Fleets, size: int, by_sf: float | None) -> str:
    write = ("--yes", "--no-proof", "--allow=production", "--allow=threshold")
    fleets.set_latency(_LATENCY)
    first = fleets.provision("apply", size, *write)
    again = fleets.provision("apply", size, *write)
    diff = fleets.provision("diff", size)
    calls = fleets.calls_of_newest_run() / size
    an_org = 1000 * diff.cpu / size
    theirs = "-" if by_sf is None else f"{by_sf * size:.0f}"
    return (
        f"| {size} | {first.wall:.1f} | {theirs} | {again.wall:.1f} | {diff.wall:.1f} "
        f"| {calls:.0f} | {an_org:.0f} | {max(diff.memory, first.memory):.0f} |"
    )


def _bounds(fleets: Fleets, size: int) -> str:
    fleets.set_latency(0)
    cpu = fleets.bare(size)
    fleets.set_latency(_LATENCY)
    diff = fleets.provision("diff", size)
    bare = fleets.bare(size)
    latency = CALLS * _LATENCY * size / min(_THREADS, size)
    return (
        f"| {size} | {latency:.1f} | {cpu.wall:.1f} | {bare.wall:.1f} | {diff.wall:.1f} "
        f"| {diff.wall / max(latency, cpu.wall):.2f} x | {diff.wall / bare.wall:.2f} x |"
    )


@contextmanager
def _served(folder: Path, sizes: Sequence[int]) -> Iterator[Fleets]:
    (folder / "bench.yaml").write_text(_SPEC, encoding="utf-8")
    subprocess.run(
        [PROVISION, "keys", "new", "bench"], cwd=folder, check=True, stdout=subprocess.DEVNULL
    )
    command = [sys.executable, "-m", "benchmarks.fleet_server", str(folder), *map(str, sizes)]
    with subprocess.Popen(
        command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        said = json.loads(server.stdout.readline())
        yield Fleets(folder, said["http"], said["ca_file"])
        server.stdin.close()


if __name__ == "__main__":
    print_fleets([int(size) for size in sys.argv[1:]] or _SIZES)
