"""Settled: what an org shows after a write whose answer was lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from provision.errors import OrgError
from provision.org.clock import Clock
from provision.org.outcome import SETTLED
from provision.org.write import is_clear_refusal

__all__ = ["settled"]

_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 5.0
_MOST_REFUSALS: Final = 5

Found = TypeVar("Found")


def settled(
    ask: Callable[[], Found], is_made: Callable[[Found], bool], clock: Clock, wait: float
) -> Found:
    """What ``ask`` finds once it shows the write, or once the write can no longer arrive.

    The org is asked again while it does not answer, for ``wait`` seconds at most. Raises what
    ``ask`` raised last where it never answered, or refused five times.
    """
    begun = clock.monotonic()
    pause = _FIRST_PAUSE
    refusals = 0
    while True:
        passed = clock.monotonic() - begun
        try:
            found = ask()
            if is_made(found) or passed >= min(SETTLED, wait):
                return found
        except OrgError as error:
            refusals += is_clear_refusal(getattr(error, "code", ""))
            if refusals >= _MOST_REFUSALS or passed >= wait:
                raise
        clock.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE)
