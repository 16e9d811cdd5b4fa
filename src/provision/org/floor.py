"""Floor: the part of an org's API calls that a run leaves to others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from provision.errors import OrgError
from provision.org.meter import Calls

__all__ = ["FLOOR", "NO_FLOOR", "Floor", "LeftAlone"]


class LeftAlone(OrgError):
    """The org has few API calls left for today, so nothing was begun."""


@dataclass(frozen=True, slots=True)
class Floor:
    """How much of an org's API calls must be left for a piece of work to begin.

    ``share`` is a part of the org's limit, 0 to 1. It is checked before a piece of work begins and
    before its first write, never within it: what is half done costs more than the calls that end
    it. Only answers of REST tell how many calls are left; where none has, no org is left alone.
    """

    share: float

    def check(self, org: str, calls: Calls) -> None:
        """Raise :class:`LeftAlone` if ``org`` (as the user calls it) has less than this left."""
        allowance = calls.allowance
        if allowance is None or allowance.left >= self.share * allowance.limit:
            return
        raise LeftAlone(
            f"{org} was left alone: {allowance.used} of its {allowance.limit} API calls of 24 "
            f"hours are used, and {self.share:.0%} are left to others",
            next_step="Run it again in some hours, or see Setup, System Overview, for who calls "
            "the org so often.",
        )


# DOC's example of the header has a limit of 5 000, the smallest that is known: 5 % of it are 250
# calls, enough for the polls of a long deploy and the way back.
FLOOR: Final = Floor(0.05)

NO_FLOOR: Final = Floor(0.0)
"""For ways back: what a run began, it may undo."""
