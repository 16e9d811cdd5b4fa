"""Pool: independent calls to one org, made at the same time by several threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar, cast

__all__ = ["MANY_AT_ONCE", "ONE_AT_A_TIME", "Pool"]

One = TypeVar("One")
Other = TypeVar("Other")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Pool:
    """Makes calls that do not need each other's results, ``size`` of them at the same time.

    A call spends nearly all of its time waiting for the org, so that together they take as long as
    the longest one. A ``size`` of 1 makes them one after the other, without a thread: that is right
    if many orgs are called at once. A call may use the pool too; it then gets threads of its own.
    """

    size: int

    def run(self, calls: Sequence[Callable[[], Result]]) -> list[Result]:
        """The results of the calls, in their order.

        The caller's thread makes calls too. All threads end before this returns, with one
        exception: an interruption does not wait for an org that is silent. The thread that it
        leaves behind (a daemon) ends with its call and begins no other. Raises the error of the
        first call that failed, first in order and not in time. No call begins after a failure.
        """
        if self.size == 1 or len(calls) < 2:
            return [call() for call in calls]
        queue = _Queue(calls)
        others = min(self.size, len(calls)) - 1
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


ONE_AT_A_TIME: Final = Pool(1)
"""One call after the other: right if many orgs are called at once."""

MANY_AT_ONCE: Final = Pool(8)
"""As many as one app ever needs, and fewer than the ten connections that urllib3 keeps open."""


class _Queue(Generic[Result]):
    """Calls that several threads take from, in order."""

    def __init__(self, calls: Sequence[Callable[[], Result]]) -> None:
        self._calls = calls
        self._lock = threading.Lock()
        self._next = 0
        self._done: dict[int, Result] = {}
        self._failed: dict[int, Exception] = {}

    def work(self) -> None:
        """Make calls until all are made or one has failed."""
        while (place := self._take()) is not None:
            try:
                self._done[place] = self._calls[place]()
            except Exception as error:  # noqa: BLE001  # raised again by results(), in the caller
                self._failed[place] = error
                self.stop()

    def stop(self) -> None:
        """Let no more calls begin. All calls before one that has begun have begun, too."""
        with self._lock:
            self._next = len(self._calls)

    def results(self) -> Iterator[Result]:
        """Every result in order. Raises the error of the first call that failed."""
        for place in range(len(self._calls)):
            if place in self._failed:
                raise self._failed[place]
            yield self._done[place]

    def _take(self) -> int | None:
        with self._lock:
            place = self._next
            self._next += 1
        return place if place < len(self._calls) else None
