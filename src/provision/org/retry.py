"""Retry: when a call is made again, how long to wait before it, and when to give up.

Every loop that calls an org again is built on :class:`Retry`, which waits by an injected clock.
Each caller says which failures may pass.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from provision.org.clock import Clock

__all__ = ["Retry", "Waits", "retried"]

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Waits:
    """How long to wait before each further attempt, in seconds.

    The first wait is ``first``; each one after it is ``factor`` times the one before, and at most
    ``longest``. Up to ``jitter`` is added at random, since other threads and other programs may
    wait for the same org.
    """

    first: float
    factor: float = 2.0
    longest: float = math.inf
    jitter: float = 0.0

    def after(self, attempts: int) -> float:
        """The wait after so many attempts, of which there was one at least."""
        grown = min(self.first * self.factor ** (attempts - 1), self.longest)
        return grown + random.uniform(0, self.jitter)  # noqa: S311  # a wait, no secret


class Retry:
    """The attempts at one call, from the first one on.

    A loop over them looks like this::

        retry = Retry(clock, Waits(0.5), within=600)
        while True:
            try:
                return call()
            except OrgUnreachable:
                if retry.is_last_attempt:
                    raise
            retry.wait()

    No attempt begins later than ``within`` seconds after the first, and there are not more than
    ``attempts``.
    """

    def __init__(
        self, clock: Clock, waits: Waits, *, attempts: int | None = None, within: float = math.inf
    ) -> None:
        self._clock = clock
        self._waits = waits
        self._most = attempts
        self._within = within
        self._begun = clock.monotonic()
        self._attempt = 1
        self._planned = waits.after(1)

    @property
    def attempt(self) -> int:
        """Which attempt this is; the first is 1."""
        return self._attempt

    @property
    def elapsed(self) -> float:
        """Seconds since the first attempt began."""
        return self._clock.monotonic() - self._begun

    @property
    def is_last_attempt(self) -> bool:
        """Whether no attempt comes after this one."""
        return self._attempt == self._most or self.elapsed >= self._within

    @property
    def pause(self) -> float:
        """Seconds until the next attempt. The last one is made when the time is over."""
        return self._limited(self._planned)

    def wait(self, at_least: float = 0.0) -> None:
        """Wait for the next attempt, for ``at_least`` so many seconds if there is time for that."""
        pause = self._limited(max(self._planned, at_least))
        self.skip_wait()
        if pause > 0:
            self._clock.sleep(pause)

    def skip_wait(self) -> None:
        """Begin the next attempt at once."""
        self._attempt += 1
        self._planned = self._waits.after(self._attempt)

    def _limited(self, pause: float) -> float:
        return max(min(pause, self._within - self.elapsed), 0.0)


def retried(
    call: Callable[[], Result], retry: Retry, may_pass: Callable[[Exception], bool]
) -> Result:
    """What ``call`` returns, called again while it raises an error that ``may_pass``.

    Raises any other error, and the one of the last attempt.
    """
    while True:
        try:
            return call()
        except Exception as error:
            if retry.is_last_attempt or not may_pass(error):
                raise
        retry.wait()
