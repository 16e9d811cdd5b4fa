"""Propagation: a login, tried again until a change may have reached every server of the org."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from provision.apply.explanation import explained
from provision.apply.proof_kind import ProofKind
from provision.errors import NotProven, OrgError
from provision.org.clock import Clock

__all__ = ["Propagation", "Say"]

_FIRST_WAIT: Final = 2.0
_LONGEST_WAIT: Final = 30.0

# An app that was just made or changed answers these until the change has reached every server,
# which takes 2 to 10 minutes as a rule and up to 30 (OBS).
_MAY_PASS: Final = (
    "invalid_client_id",
    "app_not_found",
    "invalid_app_access",
    "hasn't approved",
    "not installed in this org",
)
# Of a JWT login these are about the certificate, which arrives like the rest of the app. Of a
# client credentials login they are about the secret, which no waiting mends.
_MAY_PASS_OF_KIND: Final[Mapping[ProofKind, tuple[str, ...]]] = {
    ProofKind.JWT_LOGIN: (*_MAY_PASS, "invalid assertion", "invalid client credentials"),
}

Say = Callable[[str], None]
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Propagation:
    """How it is waited for: by which clock, and to whom to say so."""

    clock: Clock
    say: Say

    def awaited(self, attempt: Callable[[], Result], kind: ProofKind, wait: float) -> Result:
        """What ``attempt`` gives, made until it succeeds, within ``wait`` seconds.

        Raises :class:`NotProven`, with what to do about it, for a refusal that will not pass or
        did not in time.
        """
        deadline = self.clock.monotonic() + wait
        pause = _FIRST_WAIT
        while True:
            try:
                return attempt()
            except OrgError as error:
                late = self.clock.monotonic() + pause > deadline
                if late or not _may_pass(error, kind):
                    waited = f" (for {wait:.0f} seconds)" if late and wait else ""
                    raise NotProven(
                        f"not proven by {kind.value}{waited}: {error.message}",
                        next_step=explained(error.message, kind),
                    ) from error
                self.say(f"not yet: {error.message}; trying again in {pause:.0f} s")
            self.clock.sleep(pause)
            pause = min(pause * 1.6, _LONGEST_WAIT)


def _may_pass(error: OrgError, kind: ProofKind) -> bool:
    return any(sign in error.message for sign in _MAY_PASS_OF_KIND.get(kind, _MAY_PASS))
