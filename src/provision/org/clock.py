"""Clock: the time and waiting, injected so that tests do not wait."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from typing import Protocol

__all__ = ["Clock", "SystemClock"]


class Clock(Protocol):
    """Time that passes, in seconds."""

    def monotonic(self) -> float:
        """Seconds since some fixed moment."""
        ...

    def time(self) -> float:
        """Seconds since 1970, UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait for ``seconds``."""
        ...


class SystemClock:
    """The machine's own clock."""

    def monotonic(self) -> float:
        """Seconds since some fixed moment."""
        return time.monotonic()

    def time(self) -> float:
        """Seconds since 1970, UTC."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait for ``seconds``."""
        time.sleep(seconds)

    def now(self) -> datetime:
        """The time, UTC."""
        return datetime.fromtimestamp(self.time(), UTC)

    def today(self) -> date:
        """The day, UTC."""
        return self.now().date()
