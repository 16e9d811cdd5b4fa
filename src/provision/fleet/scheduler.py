"""Scheduler: has the work of many orgs done, wave by wave, and stops when it should."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Final, Protocol

from provision.errors import ProvisionError
from provision.fleet.executor import Executor, Pending
from provision.fleet.rollout import Rollout
from provision.runs.rows import OrgRow

__all__ = ["Ended", "Scheduler", "StopSignal"]

_LOOK_SECONDS: Final = 0.5  # how often a pause is looked for while nothing else happens


class StopSignal(Protocol):
    """Says when to begin no further org."""

    def is_stopped(self) -> bool:
        """Whether the run ends as soon as the work under way has ended."""
        ...

    def is_paused(self) -> bool:
        """Whether to begin no further org for now."""
        ...


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended. ``reason`` is why it ended before its end, empty if it did not.

    ``under_way`` are orgs whose work was begun and that nobody waited for.
    """

    reason: str = ""
    under_way: tuple[str, ...] = ()


@dataclass(slots=True)
class Scheduler:
    """One run. ``missing_row`` makes the row of an org whose work ended without one.

    ``on_row`` is called with each row in the caller's thread, as it comes. If it raises a
    :class:`ProvisionError`, the run ends. ``failures`` counts the failures of the run so far; those
    of orgs that failed in an earlier pass are included.
    """

    rollout: Rollout
    executor: Executor
    stop: StopSignal
    on_row: Callable[[OrgRow], None]
    missing_row: Callable[[str, Exception], OrgRow]
    failures: int = 0
    _over: SimpleQueue[str] = field(default_factory=SimpleQueue)
    _pending: dict[str, Pending] = field(default_factory=dict)
    _keep_error: str = ""

    def run(self, orgs: Sequence[str]) -> Ended:
        """Do the work of all ``orgs``, or stop early. Work that was begun is waited for.

        A second interruption (KeyboardInterrupt) ends the waiting as well.
        """
        most = self.rollout.most_failures(len(orgs) + self.failures)
        waves = self.rollout.split(orgs)
        try:
            for number, wave in enumerate(waves, start=1):
                before = self.failures
                reason = self._wave(wave, most)
                if not reason and most is None and self.failures > before and number < len(waves):
                    failed = self.failures - before
                    reason = f"{failed} of {_orgs(len(wave))} of wave {number} failed"
                if reason:
                    return Ended(reason)
        except KeyboardInterrupt:
            for org in [org for org, pending in self._pending.items() if pending.done()]:
                self._finish(org)
            return Ended("interrupted twice", tuple(self._pending))
        return Ended(self._keep_error)

    def _wave(self, wave: Sequence[str], most: int | None) -> str:
        """Why the run ends with this wave; empty if it does not."""
        waiting = deque(wave)
        reason = ""
        while waiting or self._pending:
            stop = self._reason(most)
            if waiting and stop:
                reason = stop
                waiting.clear()
                continue
            while waiting and len(self._pending) < self.rollout.concurrency:
                if self.stop.is_paused():
                    break
                self._begin(waiting.popleft())
            for org in self._over_by_now():
                self._finish(org)
        return reason

    def _reason(self, most: int | None) -> str:
        if self._keep_error:
            return self._keep_error
        if self.stop.is_stopped():
            return "interrupted"
        if most is not None and self.failures >= most:
            return f"{_orgs(self.failures)} failed"
        return ""

    def _begin(self, org: str) -> None:
        try:
            pending = self.executor.submit(org)
        except Exception as error:  # noqa: BLE001  # an engine that takes no more work
            pending = _refused(error)
        self._pending[org] = pending
        pending.add_done_callback(lambda _: self._over.put(org))

    def _over_by_now(self) -> list[str]:
        """The orgs whose work is over; waits for one, but not forever."""
        try:
            over = [self._over.get(timeout=_LOOK_SECONDS)]
        except Empty:
            return []
        while not self._over.empty():
            over.append(self._over.get())
        return over

    def _finish(self, org: str) -> None:
        """Pass on the row of an org. The org is under way until then: see KeyboardInterrupt."""
        try:
            row = self._pending[org].result()
        except Exception as error:  # noqa: BLE001  # its process died, or the engine gave up
            row = self.missing_row(org, error)
        self.failures += row.exit_code.is_failure
        try:
            self.on_row(row)
        except ProvisionError as error:  # what is under way is waited for all the same
            self._keep_error = self._keep_error or error.message
        del self._pending[org]


def _refused(error: Exception) -> Pending:
    refused: Future[OrgRow] = Future()
    refused.set_exception(error)
    return refused


def _orgs(number: int) -> str:
    return f"{number} org{'' if number == 1 else 's'}"
