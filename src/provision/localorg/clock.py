"""The org's clock, which tests and demonstrations move forward."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

__all__ = ["Clock", "record_stamp", "stamp"]


class Clock:
    """Seconds since 1970 as the org sees them: a source (the machine's clock) plus an offset."""

    def __init__(self, source: Callable[[], float] = time.time, offset: float = 0.0) -> None:
        self._source = source
        self._offset = offset

    def now(self) -> float:
        """The org's time, in seconds since 1970 (UTC)."""
        return self._source() + self._offset

    @property
    def offset(self) -> float:
        """How far the org is ahead of the source, in seconds."""
        return self._offset

    def restart(self) -> None:
        """Set the org's time to the source's."""
        self._offset = 0.0

    def advance(self, seconds: float) -> None:
        """Move the org's time forward. Raises :class:`ValueError` for a step back."""
        if seconds < 0:
            raise ValueError("the clock of an org can only move forward")
        self._offset += seconds


def stamp(seconds: float) -> str:
    """A time in the format of SOAP responses: ``2026-05-10T04:33:16.000Z``."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def record_stamp(seconds: float) -> str:
    """A time in the format of record fields: ``2026-05-10T04:33:16.000+0000``."""
    return stamp(seconds).replace("Z", "+0000")
