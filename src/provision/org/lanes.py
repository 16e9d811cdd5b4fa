"""Lanes: independent calls to one org, at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar, cast

__all__ = ["MANY_LANES", "ONE_LANE", "Lanes"]

One = TypeVar("One")
Other = TypeVar("Other")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Lanes:
    """How many calls that do not need each other's results are under way at once, in ``width``.

    Each call waits for the org nearly all of its time, so that together they take as long as the
    longest. A ``width`` of 1 makes them one after the other, without a thread: right where many
    orgs are talked to at once. Calls may themselves run others in lanes; each such run has its own.
    """

    width: int

    def run(self, calls: Sequence[Callable[[], Result]]) -> list[Result]:
        """The results of the calls, in their order.

        The caller's thread makes calls too. No thread of a run outlives it, but for one case: an
        interruption does not wait for an org that is silent, and what it leaves behind (a daemon)
        ends with its call and begins no other. Raises what the first call that failed raised, first
        in order and not in time; calls after it are not begun any more.
        """
        if self.width == 1 or len(calls) < 2:
            return [call() for call in calls]
        queue = _Queue(calls)
        others = min(self.width, len(calls)) - 1
        threads = [threading.Thread(target=queue.work, daemon=True) for _ in range(others)]
        try:
            for thread in threads:
                thread.start()
            queue.work()
            for thread in threads:
                thread.join()
        except BaseException:
            queue.stop()
            raise
        return list(queue.results())

    def both(self, one: Callable[[], One], other: Callable[[], Other]) -> tuple[One, Other]:
        """The results of two calls. As :meth:`run`, for results of two types."""
        calls: list[Callable[[], One | Other]] = [one, other]
        first, second = self.run(calls)
        return cast("One", first), cast("Other", second)


ONE_LANE: Final = Lanes(1)
"""One call after the other: right where many orgs are talked to at once."""

MANY_LANES: Final = Lanes(8)
"""As many at once as one app ever needs, and fewer than the ten connections that a pool keeps."""


class _Queue(Generic[Result]):
    """Calls that several threads take from, in order."""

    def __init__(self, calls: Sequence[Callable[[], Result]]) -> None:
        self._calls = calls
        self._guard = threading.Lock()
        self._next = 0
        self._done: dict[int, Result] = {}
        self._failed: dict[int, Exception] = {}

    def work(self) -> None:
        """Make calls until none is left, or one has failed."""
        while (place := self._take()) is not None:
            try:
                self._done[place] = self._calls[place]()
            except Exception as error:  # noqa: BLE001  # raised again by results(), in the caller
                self._failed[place] = error
                self.stop()

    def stop(self) -> None:
        """Let no more calls begin. Those before one that began have begun as well."""
        with self._guard:
            self._next = len(self._calls)

    def results(self) -> Iterator[Result]:
        """Every result in order. Raises the error of the first call that failed."""
        for place in range(len(self._calls)):
            if place in self._failed:
                raise self._failed[place]
            yield self._done[place]

    def _take(self) -> int | None:
        with self._guard:
            place = self._next
            self._next += 1
        return place if place < len(self._calls) else None
