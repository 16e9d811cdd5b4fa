"""Quota: the API calls that an org allows, those that a run made, and those left to others."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final

from provision.errors import OrgError

__all__ = [
    "NO_RESERVE",
    "RESERVE",
    "Allowance",
    "CallCounter",
    "Calls",
    "QuotaReserve",
    "QuotaTooLow",
]

_LIMIT_INFO: Final = "Sforce-Limit-Info"
# DOC: `api-usage=25/5000; per-app-api-usage=17/250(appName=sample-app)`, in answers of REST alone.
_USAGE: Final = re.compile(r"api-usage=(\d+)/([1-9]\d*)")


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many API calls of the last 24 hours an org counts, and how many it allows.

    The calls of everybody who calls the org count, not only those of this run.
    """

    used: int
    limit: int

    @property
    def left(self) -> int:
        """How many more calls the org takes."""
        return max(self.limit - self.used, 0)

    @property
    def left_share(self) -> float:
        """``left`` as a share of the limit: 0 to 1."""
        return self.left / self.limit


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls of one run to one org.

    ``made`` counts those that reached the org, repeated ones as well. ``allowance`` is what the
    org said last, ``None`` before it said anything.
    """

    made: int = 0
    allowance: Allowance | None = None


class CallCounter:
    """Counts the calls of one HTTP session. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls = Calls()
        self._org_time: float | None = None

    @property
    def calls(self) -> Calls:
        """The calls so far."""
        return self._calls

    @property
    def org_time(self) -> float | None:
        """When the org answered last, in seconds since 1970 by its clock; ``None`` if unknown."""
        return self._org_time

    def count(self, headers: Mapping[str, str]) -> None:
        """Count one call that was answered with ``headers``; they are empty if no answer came."""
        with self._lock:
            self._org_time = _date(headers) or self._org_time
            allowance = _allowance(headers) or self._calls.allowance
            self._calls = Calls(self._calls.made + 1, allowance)


def _date(headers: Mapping[str, str]) -> float | None:
    try:
        return parsedate_to_datetime(headers.get("Date", "")).timestamp()
    except ValueError:
        return None


def _allowance(headers: Mapping[str, str]) -> Allowance | None:
    """The tighter one of the org's allowance and that of the session's app."""
    found = _allowances(headers.get(_LIMIT_INFO, ""))
    return min(found, key=lambda allowance: allowance.left_share, default=None)


def _allowances(limit_info: str) -> Iterator[Allowance]:
    for used, limit in _USAGE.findall(limit_info):
        yield Allowance(int(used), int(limit))


class QuotaTooLow(OrgError):
    """The org has few API calls left for today, so the work did not begin."""


@dataclass(frozen=True, slots=True)
class QuotaReserve:
    """How many of an org's API calls must be left before a piece of work begins.

    ``share`` is a share of the org's limit, 0 to 1. It is checked before a piece of work begins and
    before its first write, and not after that: work that stops half-way costs more than the calls
    that finish it. Only answers of REST tell how many calls are left. Until one has, the check
    passes.
    """

    share: float

    def check(self, org: str, calls: Calls) -> None:
        """Raise :class:`QuotaTooLow` if ``org`` (as the user calls it) has fewer calls left."""
        allowance = calls.allowance
        if allowance is None or allowance.left >= self.share * allowance.limit:
            return
        raise QuotaTooLow(
            f"{org} was left alone: {allowance.used} of its {allowance.limit} API calls of 24 "
            f"hours are used, and {self.share:.0%} are left to others",
            next_step="Run it again in some hours, or see Setup, System Overview, for who calls "
            "the org so often.",
        )


# DOC's example of the header has a limit of 5 000, the smallest that is known: 5 % of it are 250
# calls, enough for the polls of a long deploy and undoing it.
RESERVE: Final = QuotaReserve(0.05)

NO_RESERVE: Final = QuotaReserve(0.0)
"""For undoing: what a run began, it may always undo."""
