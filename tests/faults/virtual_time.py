"""Time that costs nothing: pauses end at once, and each clock of the program knows of them."""

from __future__ import annotations

import threading
import time


class VirtualTime:
    """Stands in for the module `time` where the program and the local org read a clock.

    It runs with the machine's clock, and jumps ahead when somebody sleeps.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._ahead = 0.0
        self._from = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self._ahead

    def time(self) -> float:
        return time.time() + self._ahead

    def sleep(self, seconds: float) -> None:
        with self._guard:
            self._ahead += max(seconds, 0.0)
        time.sleep(0)  # others may run, as they may while a program really sleeps

    def keep(self, seconds: float) -> None:
        """Begin each run ``seconds`` from now, so that nothing is younger than it is."""
        self._ahead += seconds
        self._from = self._ahead

    def restart(self) -> None:
        """Back to where runs begin."""
        self._ahead = self._from
