"""Propagation: a login, tried again until a change may have reached every server of the org."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from provision.apply.lags import ANY_LAG, Lags
from provision.apply.proof_kind import ProofKind
from provision.errors import NotProven, OrgError
from provision.org.clock import Clock
from provision.org.retry import Retry, Waits
from provision.refusals.dictionary import next_step
from provision.refusals.refusal import Known

__all__ = ["NotYet", "Propagation", "Say"]

_WAITS: Final = Waits(2.0, factor=1.6, longest=30.0)

Say = Callable[[str], None]
Result = TypeVar("Result")


class NotYet(OrgError):
    """What was tried did not come to what was asked, and may do so later."""


@dataclass(frozen=True, slots=True)
class Propagation:
    """How it is waited for: by which clock, and to whom to say so.

    ``known`` is what is known of what is tried, so that no refusal names a cause that it rules out.
    """

    clock: Clock
    say: Say
    known: frozenset[Known] = frozenset()

    def awaited(
        self, attempt: Callable[[], Result], kind: ProofKind, wait: float, lags: Lags = ANY_LAG
    ) -> Result:
        """What ``attempt`` gives, made until it succeeds, within ``wait`` seconds.

        It is made again for :class:`NotYet`, and for a refusal that is one of ``lags``. A change
        takes 2 to 10 minutes as a rule, and up to 30 (OBS). Raises :class:`NotProven`, with what
        to do about it, for another refusal, or one that did not pass in time.
        """
        retry = Retry(self.clock, _WAITS, within=wait)
        while True:
            try:
                return attempt()
            except OrgError as error:
                passes = isinstance(error, NotYet) or lags.may_pass(error, kind)
                if retry.is_last_attempt or not passes:
                    waited = f" (for {wait:.0f} seconds, --proof-wait)" if passes and wait else ""
                    raise NotProven(
                        f"not proven by {kind.value}{waited}: {error.message}",
                        next_step=error.next_step
                        or next_step(error.message, kind.flow, self.known),
                    ) from error
                self.say(f"not yet: {error.message}; trying again in {retry.pause:.0f} s")
            retry.wait()
