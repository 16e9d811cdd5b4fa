"""Verbs over four orgs of one local org server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest

from provision.localorg.http import fault_answer
from tests.fleets import FleetUnderTest, fleet_under_test

HANGS_AFTER = 30  # seconds until a test that hangs is given up
PROVISION = Path(sys.executable).with_name("provision")
SOURCE = Path(fault_answer.__file__).parents[3]


@pytest.fixture
def fleet(tmp_path, tmp_path_factory, spec, monkeypatch) -> Iterator[FleetUnderTest]:
    """`fleet.yaml` and its orgs, org1 to org4, each with a good token and `robot.yaml`."""
    monkeypatch.chdir(tmp_path)
    directory = tmp_path_factory.mktemp("orgs")
    with fleet_under_test(directory, 4, tmp_path / "fleet.yaml", monkeypatch) as fleet:
        yield fleet


@dataclass
class Gate:
    """Holds the answers that a fault makes slow until it is opened."""

    entered: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    opened: threading.Event = field(default_factory=threading.Event)

    def hold(self, _seconds: float) -> None:
        self.entered.release()
        assert self.opened.wait(HANGS_AFTER)

    def await_one(self) -> None:
        assert self.entered.acquire(timeout=HANGS_AFTER)


@pytest.fixture
def gate(monkeypatch) -> Iterator[Gate]:
    """What a slow answer waits for, instead of for seconds."""
    gate = Gate()
    monkeypatch.setattr(fault_answer, "time", SimpleNamespace(sleep=gate.hold))
    yield gate
    gate.opened.set()


@dataclass
class Started:
    """`provision` in a process of its own."""

    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    def await_line(self, part: str) -> str:
        """The next line on stderr with ``part`` in it."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line)
            if part in line:
                return line
        raise AssertionError(f"it ended, and never said {part!r}: {''.join(self.said)}")

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.process.pid, number)

    def end(self) -> tuple[int, str, str]:
        """Its exit code, its output, and all that it said."""
        out, rest = self.process.communicate(timeout=HANGS_AFTER)
        return self.process.returncode, out, "".join(self.said) + rest


Start = Callable[..., "Started"]


@pytest.fixture
def start(tmp_path) -> Iterator[Start]:
    """Start `provision` beside the test, which must see it end."""
    with _ended() as processes:

        def call(*arguments: str) -> Started:
            process = subprocess.Popen(
                [str(PROVISION), *arguments],
                cwd=tmp_path,
                env={**os.environ, "PYTHONPATH": str(SOURCE)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            processes.append(process)
            return Started(process)

        yield call


@contextmanager
def _ended() -> Iterator[list[subprocess.Popen[str]]]:
    processes: list[subprocess.Popen[str]] = []
    try:
        yield processes
    finally:
        for process in processes:
            if process.poll() is None:
                process.kill()
                process.communicate(timeout=HANGS_AFTER)
