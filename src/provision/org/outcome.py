"""Outcome: asks the org what became of a write whose answer was lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from provision.errors import OrgError, ProvisionError, WriteUnknown
from provision.org.clock import Clock
from provision.org.write import is_clear_refusal

__all__ = ["MOST_REFUSALS", "SETTLED", "find_out", "is_refusal"]

SETTLED: Final = 60.0
"""Seconds after which a write whose answer was lost, and that the org does not show, was not made.

An org carries out a request within seconds of its arrival, and nothing keeps it longer on the way.
"""

MOST_REFUSALS: Final = 5
"""How often in a row an org may refuse to tell before it is believed that it never will."""

_FIRST_WAIT: Final = 0.5
_LONGEST_WAIT: Final = 5.0

Found = TypeVar("Found")


def find_out(
    lost: WriteUnknown, find: Callable[[], Found | None], clock: Clock, wait: float
) -> Found | None:
    """What ``find`` finds of the ``lost`` write, or ``None`` if the org surely did not make it.

    The org is asked again and again, for ``wait`` seconds at most: it may be out of reach for a
    while, or still be at work on the write. Raises :class:`WriteUnknown` if it does not tell in
    that time, or when somebody interrupts the asking.
    """
    begun = clock.monotonic()
    pause = _FIRST_WAIT
    refusals = 0
    while True:
        failure: Exception | None = None
        try:
            found = find()
            if found is not None:
                return found
        except WriteUnknown:
            raise
        except KeyboardInterrupt as error:
            raise WriteUnknown(lost.what, lost.reason, interrupted=True) from error
        except Exception as error:  # noqa: BLE001  # whatever it is, the org may have made it
            failure = error
        passed = clock.monotonic() - begun
        if failure is None and passed >= min(SETTLED, wait):
            return None
        refusals = refusals + 1 if failure is not None and is_refusal(failure) else 0
        if failure is not None and (refusals > MOST_REFUSALS or passed >= wait):
            raise WriteUnknown(
                lost.what,
                f"{lost.reason}; and the org does not tell: {_said(failure)}",
                interrupted=lost.interrupted,
            ) from failure
        try:
            clock.sleep(pause)
        except KeyboardInterrupt as error:
            raise WriteUnknown(lost.what, lost.reason, interrupted=True) from error
        pause = min(pause * 1.5, _LONGEST_WAIT)


def is_refusal(error: Exception) -> bool:
    """Whether the org said clearly that it does not answer such a question."""
    return isinstance(error, OrgError) and is_clear_refusal(getattr(error, "code", ""))


def _said(error: Exception) -> str:
    return error.message if isinstance(error, ProvisionError) else type(error).__name__
