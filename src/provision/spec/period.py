"""Periods: how long an amount of a unit is. The one table of units for rules, plans and advice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from provision.spec.duration import DurationUnit

__all__ = ["LONGEST_HOURS", "MINUTES", "SHORTEST_HOURS", "longest_hours"]

MINUTES: Final[Mapping[DurationUnit, int]] = {"minutes": 1, "hours": 60}
"""Minutes in each unit of a session timeout."""

# Salesforce does not say how it counts a month. So each use takes the reading in which nobody is
# surprised: what must not be longer than a limit is held to the longest month, and what must not be
# shorter to the shortest.
LONGEST_HOURS: Final[Mapping[DurationUnit, int]] = {"hours": 1, "days": 24, "months": 31 * 24}
"""Hours in each unit of a refresh token's life, at most."""

SHORTEST_HOURS: Final[Mapping[DurationUnit, int]] = {"hours": 1, "days": 24, "months": 28 * 24}
"""Hours in each unit of a refresh token's life, at least."""


def longest_hours(amount: int, unit: str) -> int | None:
    """How many hours ``amount`` of ``unit`` is at most; ``None`` for a unit that is not known."""
    hours = {str(name): size for name, size in LONGEST_HOURS.items()}.get(unit.casefold())
    return None if hours is None else amount * hours
