"""Meter: how many calls an org was asked for, and how many it has left of its day."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final

__all__ = ["Allowance", "Calls", "Meter"]

_LIMIT_INFO: Final = "Sforce-Limit-Info"
# DOC: `api-usage=25/5000; per-app-api-usage=17/250(appName=sample-app)`, in answers of REST alone.
_USAGE: Final = re.compile(r"api-usage=(\d+)/([1-9]\d*)")


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many API calls of the last 24 hours an org counts, and how many it allows.

    They are those of all who call the org, not of this run alone.
    """

    used: int
    limit: int

    @property
    def left(self) -> int:
        """How many more calls the org takes."""
        return max(self.limit - self.used, 0)

    @property
    def left_share(self) -> float:
        """``left``, as a part of the limit: 0 to 1."""
        return self.left / self.limit


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls of one run to one org.

    ``made`` counts those that reached the org, repeated ones as well. ``allowance`` is what the
    org said last of its day, ``None`` before it said anything.
    """

    made: int = 0
    allowance: Allowance | None = None


class Meter:
    """Counts the calls of one HTTP session. Safe to use from many threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._calls = Calls()
        self._org_time: float | None = None

    @property
    def calls(self) -> Calls:
        """The calls so far."""
        return self._calls

    @property
    def org_time(self) -> float | None:
        """When the org answered last, by its own clock, in seconds since 1970; ``None`` unknown."""
        return self._org_time

    def count(self, headers: Mapping[str, str]) -> None:
        """Count one call, answered with ``headers``; none if its answer was lost."""
        with self._guard:
            self._org_time = _date(headers) or self._org_time
            allowance = _allowance(headers) or self._calls.allowance
            self._calls = Calls(self._calls.made + 1, allowance)


def _date(headers: Mapping[str, str]) -> float | None:
    try:
        return parsedate_to_datetime(headers.get("Date", "")).timestamp()
    except ValueError:
        return None


def _allowance(headers: Mapping[str, str]) -> Allowance | None:
    """The tighter of the org's allowance and that of the app that the session came from."""
    found = _allowances(headers.get(_LIMIT_INFO, ""))
    return min(found, key=lambda allowance: allowance.left_share, default=None)


def _allowances(limit_info: str) -> Iterator[Allowance]:
    for used, limit in _USAGE.findall(limit_info):
        yield Allowance(int(used), int(limit))
