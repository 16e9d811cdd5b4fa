"""A Dask cluster on this machine: a scheduler and workers, each a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import provision

__all__ = ["Cluster", "running_cluster"]

_QUIET = ("--no-dashboard", "--host", "127.0.0.1")


@dataclass
class Cluster:
    """The processes. ``environ`` is what is in the workers' environment beside this one's."""

    directory: Path
    environ: Mapping[str, str]
    scheduler: subprocess.Popen[str]
    address: str
    workers: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"dask://{self.address}"

    def start_workers(self, number: int, threads: int = 2) -> None:
        """Start workers without a nanny, which would start them anew when they are killed."""
        arguments = ("dask_worker", self.address, "--no-nanny", "--nthreads", str(threads), *_QUIET)
        scratch = ("--local-directory", str(self.directory))
        begun = [_started((*arguments, *scratch), self.environ) for _ in range(number)]
        self.workers += begun
        for worker in begun:
            _line_with(worker, "Registered to")

    def worker_at_work_on(self, org: str) -> subprocess.Popen[str]:
        """The worker that has been given the work of an org, as the scheduler knows it."""
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            pids = client.run(os.getpid)
            given = client.processing()
        (address,) = (at for at, keys in given.items() if any(k.endswith(f"-{org}") for k in keys))
        return next(worker for worker in self.workers if worker.pid == pids[address])


@contextmanager
def running_cluster(
    directory: Path, environ: Mapping[str, str] | None = None, *, allowed_failures: int = 3
) -> Iterator[Cluster]:
    """A scheduler on loopback, without workers as yet. All that was started ends with it."""
    settings = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(allowed_failures)}
    scheduler = _started(("dask_scheduler", "--port", "0", *_QUIET), settings)
    cluster = None
    try:
        address = _line_with(scheduler, "Scheduler at:").rpartition("//")[2].strip()
        cluster = Cluster(directory, environ or {}, scheduler, address)
        yield cluster
    finally:
        for process in [*(cluster.workers if cluster else ()), scheduler]:
            process.kill()
            process.wait()
            process.stderr.close()


def _started(arguments: tuple[str, ...], environ: Mapping[str, str]) -> subprocess.Popen[str]:
    program, *rest = arguments
    source = str(Path(provision.__file__).parents[1])
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.{program}", *rest],
        env={**os.environ, "PYTHONPATH": source, **environ},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def _line_with(process: subprocess.Popen[str], text: str) -> str:
    """The first line of a process's log that has ``text`` in it."""
    said = []
    for line in process.stderr:
        said.append(line)
        if text in line:
            return line
    raise AssertionError("".join(said))
