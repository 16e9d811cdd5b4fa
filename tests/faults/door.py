"""The door: every request of the program goes through it, and one of them meets a fault.

It stands below the program's own repeating of calls, where the network begins: a fault at a request
is a fault at one attempt, unless it lasts.
"""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import requests
from requests.adapters import HTTPAdapter

from tests.faults.kinds import Call, Kind, Reach
from tests.faults.request import Named, named
from tests.faults.virtual_time import VirtualTime

__all__ = ["Door", "Position"]


@dataclass(frozen=True, order=True)
class Position:
    """One request of a run: its name, and the how manieth of that name it is (from 1)."""

    name: str
    count: int

    def __str__(self) -> str:
        return f"{self.name} #{self.count}"


class _Org(Protocol):
    """The local org behind the door, past its interfaces."""

    @property
    def time(self) -> VirtualTime: ...

    def finish_deploys(self) -> None:
        """Carry out every deploy that the org has."""

    def set_faults(self, *faults: dict[str, str]) -> None:
        """Set the local org's own faults in place of those before."""


@dataclass
class Door:
    """Requests of one run, in order; ``kind`` at ``position`` is its fault."""

    org: _Org
    kind: Kind | None = None
    position: Position | None = None
    met: bool = False
    seen: list[tuple[Position, Named]] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)
    _late: list[tuple[float, Callable[[], requests.Response]]] = field(default_factory=list)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def standing(self) -> Iterator[None]:
        """Requests go through it within the block."""
        send = HTTPAdapter.send

        def gated(
            adapter: HTTPAdapter, request: requests.PreparedRequest, **options: object
        ) -> requests.Response:
            return self._pass(request, lambda: send(adapter, request, **options))

        HTTPAdapter.send = gated  # type: ignore[method-assign, assignment]
        try:
            yield
        finally:
            HTTPAdapter.send = send  # type: ignore[method-assign]
            self._take(until=math.inf)

    def _pass(
        self, request: requests.PreparedRequest, deliver: Callable[[], requests.Response]
    ) -> requests.Response:
        self._take(until=self.org.time.monotonic())
        what = named(request)
        with self._guard:
            self._counts[what.name] += 1
            here = Position(what.name, self._counts[what.name])
            self.seen.append((here, what))
            kind, first, later = self.kind, here == self.position and not self.met, self.met
            self.met = self.met or first
        if kind is None or not (first or (later and kind.lasting)):
            return deliver()
        call = Call(
            request, what, deliver, self.org.finish_deploys, self._harm, self._delay, self.org.time
        )
        if later and kind.then is not None:
            return kind.then(call)
        if later and kind.reach is Reach.STATUS and not what.is_status:
            return deliver()
        return kind.act(call)

    def _delay(self, seconds: float, deliver: Callable[[], requests.Response]) -> None:
        """Have the org take a request only ``seconds`` from now, or when the run has ended."""
        with self._guard:
            self._late.append((self.org.time.monotonic() + seconds, deliver))

    def _take(self, until: float) -> None:
        with self._guard:
            due = [deliver for moment, deliver in self._late if moment <= until]
            self._late = [each for each in self._late if each[0] > until]
        for deliver in due:
            deliver().close()

    def _harm(self, kind: str) -> None:
        """Have the next deploy that the local org is given fail in a way of its own."""
        fault = {"operation": "*eploy*", "kind": kind, "problem": "An unexpected error occurred."}
        self.org.set_faults(fault)
