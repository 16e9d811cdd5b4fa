"""Judges of times that are made of several fields of a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from provision.catalogue.judge import UNKNOWN
from provision.catalogue.period import Period
from provision.catalogue.risk import HARMLESS, Edit, Risk, disruptive, together, weakens
from provision.catalogue.value import Value

__all__ = [
    "DEFAULT_PERIOD",
    "DEFAULT_POLICY",
    "DEFAULT_UNIT",
    "SPECIFIC",
    "JwtTimeout",
    "JwtTimeoutType",
    "RefreshTokenTime",
]

# OBS: an app that a deploy creates gets a lifetime of 365 days.
DEFAULT_POLICY: Final = "SpecificLifetime"
DEFAULT_PERIOD: Final = 365
DEFAULT_UNIT: Final = "Days"

SPECIFIC: Final = ("SpecificLifetime", "SpecificInactivity")
"""The refresh-token policies that have a period."""

_POLICY: Final = "refreshTokenPolicyType"
_PERIOD: Final = "refreshTokenValidityPeriod"
_UNIT: Final = "refreshTokenValidityUnit"


@dataclass(frozen=True, slots=True)
class RefreshTokenTime:
    """For the period of refresh tokens: number and unit are one time, and 1 month < 365 days.

    ``field`` is the one of the two that is judged. If the refresh-token policy has no period, the
    row of the policy judges the change.
    """

    field: str

    def __call__(self, edit: Edit) -> Risk:
        """Whether the whole time gets longer or shorter."""
        policy = edit.had.get(_POLICY, DEFAULT_POLICY)
        if policy not in SPECIFIC:
            return HARMLESS  # there was no time before: the change of the policy is judged
        before = self._period(edit.before, edit.had)
        after = self._period(edit.after, edit.has)
        if before is None or after is None:
            return disruptive(UNKNOWN)
        same = policy == edit.has.get(_POLICY, policy)
        which = "Refresh tokens" if same else "Refresh tokens that are not used"
        if after.longest > before.longest:
            return weakens(f"{which} live longer.")
        if after.longest < before.longest:
            return disruptive(f"{which} end sooner: users log in again.")
        return HARMLESS

    def _period(self, value: Value | None, record: Mapping[str, Value]) -> Period | None:
        number = value if self.field == _PERIOD else record.get(_PERIOD, DEFAULT_PERIOD)
        unit = value if self.field == _UNIT else record.get(_UNIT, DEFAULT_UNIT)
        return Period.of_metadata(number, unit)


@dataclass(frozen=True, slots=True)
class JwtTimeoutType:
    """For the choice between a timeout of JWT-format tokens and the user's session.

    ``minutes`` names the field that has the timeout. The length of sessions is not known here, so
    either may be longer.
    """

    minutes: str

    def __call__(self, edit: Edit) -> Risk:
        """Tokens may live longer or shorter than before: the risk has both."""
        minutes = edit.has.get(self.minutes)
        if edit.after != "Custom":
            time = "as long as the session of the user"
        else:
            time = f"{minutes} minutes" if isinstance(minutes, int) else "a time of their own"
        return together(
            weakens(f"JWT-format tokens live {time}, which may be longer than before."),
            disruptive("It may be shorter as well: clients then need a new one earlier."),
        )


@dataclass(frozen=True, slots=True)
class JwtTimeout:
    """For the timeout of JWT-format tokens. ``kind`` names the field that says what decides.

    If that field changes as well, its row judges both.
    """

    kind: str

    def __call__(self, edit: Edit) -> Risk:
        """A longer timeout, or none, is weaker."""
        if edit.had.get(self.kind) != edit.has.get(self.kind):
            return HARMLESS
        before, after = edit.before, edit.after
        if not isinstance(after, int):
            return weakens("JWT-format tokens have no timeout of their own any more.")
        if not isinstance(before, int):
            return disruptive(f"JWT-format tokens end after {after} minutes.")
        if after > before:
            return weakens(f"JWT-format tokens live {after} minutes, not {before}.")
        return disruptive(f"JWT-format tokens end after {after} minutes, not {before}.")
