"""Outcome: asks an org what became of a write, until it tells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from provision.errors import CannotError, OrgError, OrgUnreachable, ProvisionError, WriteUnknown
from provision.org.clock import Clock
from provision.org.http_retry import OrgBusy
from provision.org.retry import Retry, Waits
from provision.org.write import is_clear_refusal

__all__ = [
    "MOST_REFUSALS",
    "SETTLED",
    "InterruptedBefore",
    "answered",
    "find_out",
    "not_made",
    "settled",
]

SETTLED: Final = 60.0
"""Seconds after which the org shows a write whose answer was lost, or the write was not made.

An org carries out a request within seconds of its arrival, and the network does not delay it longer
(docs/unverified.md).
"""

MOST_REFUSALS: Final = 5
"""How many refusals in a row do not end the asking. After one more the org will never tell."""

_WAITS: Final = Waits(0.5, factor=1.5, longest=5.0)

Found = TypeVar("Found")


class InterruptedBefore(KeyboardInterrupt):
    """Somebody interrupted a write, and the org surely did not carry it out, or rolled it back."""


def answered(
    ask: Callable[[], Found], is_final: Callable[[Found], bool], clock: Clock, wait: float
) -> Found:
    """What ``ask`` finds, once that ``is_final`` or ``wait`` seconds are over.

    The org is asked again while it does not answer: it may be out of reach for a while, or be at
    work. Raises what ``ask`` raised last if the org did not answer in that time, or refused again
    and again.
    """
    retry = Retry(clock, _WAITS, within=wait)
    refusals = 0
    while True:
        asked_to_wait = 0.0
        try:
            found = ask()
            if is_final(found) or retry.is_last_attempt:
                return found
            refusals = 0
        except WriteUnknown:
            raise
        except Exception as error:
            refusals = refusals + 1 if _is_refusal(error) else 0
            if refusals > MOST_REFUSALS or retry.is_last_attempt:
                raise
            asked_to_wait = error.pause if isinstance(error, OrgBusy) else 0.0
        retry.wait(at_least=asked_to_wait)


def settled(
    ask: Callable[[], Found], is_made: Callable[[Found], bool], clock: Clock, wait: float
) -> Found:
    """What ``ask`` finds, once that ``is_made``, or once the write can no longer arrive.

    Raises what :func:`answered` raises.
    """
    begun = clock.monotonic()

    def is_final(found: Found) -> bool:
        return is_made(found) or clock.monotonic() - begun >= SETTLED

    return answered(ask, is_final, clock, wait)


def find_out(
    lost: WriteUnknown,
    ask: Callable[[], Found],
    is_made: Callable[[Found], bool],
    clock: Clock,
    wait: float,
) -> Found:
    """What ``ask`` finds of the ``lost`` write. If not ``is_made``, the org surely did not make it.

    Raises :class:`WriteUnknown` if the org does not tell within ``wait`` seconds, if that time is
    too short to be sure that a write which the org does not show was not made, or if somebody
    interrupts the asking.
    """
    begun = clock.monotonic()
    try:
        found = settled(ask, is_made, clock, wait)
    except WriteUnknown:
        raise
    except KeyboardInterrupt as error:
        raise _still_lost(lost, lost.reason, interrupted=True) from error
    except Exception as error:
        reason = error.message if isinstance(error, ProvisionError) else type(error).__name__
        raise _still_lost(lost, f"{lost.reason}; and the org does not tell: {reason}") from error
    if not is_made(found) and clock.monotonic() - begun < SETTLED:
        raise _still_lost(
            lost,
            f"{lost.reason}; and the org does not show it after {wait:g} seconds (--deploy-wait)",
        )
    return found


def not_made(lost: WriteUnknown) -> OrgUnreachable | InterruptedBefore:
    """The error for a ``lost`` write that the org surely did not carry out."""
    if lost.interrupted:
        return InterruptedBefore()
    return OrgUnreachable(
        f"{lost.what} failed: {lost.reason}. The org was asked since, and did not do it",
        next_step="Check the network and the org's status page, and run it again.",
    )


def _is_refusal(error: Exception) -> bool:
    """Whether the org clearly refused to answer such a question."""
    if isinstance(error, CannotError):
        return True
    return isinstance(error, OrgError) and is_clear_refusal(getattr(error, "code", ""))


def _still_lost(lost: WriteUnknown, reason: str, *, interrupted: bool = False) -> WriteUnknown:
    return WriteUnknown(
        lost.what,
        reason,
        interrupted=interrupted or lost.interrupted,
        next_step=lost.next_step,
    )
