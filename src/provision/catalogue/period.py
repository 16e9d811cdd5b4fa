"""Periods: how long an amount of a unit is. The one table of units of time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

__all__ = ["LONGEST_HOURS", "MINUTES", "SHORTEST_HOURS", "longest_hours"]

Unit: TypeAlias = Literal["minutes", "hours", "days", "months"]

MINUTES: Final[Mapping[Unit, int]] = {"minutes": 1, "hours": 60}
"""Minutes in each unit of a session timeout."""

# Salesforce does not say how it counts a month. So what must not be longer than a limit is held to
# the longest month, and what must not be shorter to the shortest: neither reading can surprise.
LONGEST_HOURS: Final[Mapping[Unit, int]] = {"hours": 1, "days": 24, "months": 31 * 24}
"""Hours in each unit of a refresh token's life, at most."""

SHORTEST_HOURS: Final[Mapping[Unit, int]] = {"hours": 1, "days": 24, "months": 28 * 24}
"""Hours in each unit of a refresh token's life, at least."""


def longest_hours(amount: int, unit: str) -> int | None:
    """How many hours ``amount`` of ``unit`` is at most; ``None`` for a unit that is not known."""
    hours = next((size for name, size in LONGEST_HOURS.items() if name == unit.casefold()), None)
    return None if hours is None else amount * hours
