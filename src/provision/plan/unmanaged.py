"""Unmanaged records: what an app has beside what provision manages, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provision.plan.facts import ActualApp

__all__ = ["Unmanaged", "unmanaged"]


@dataclass(frozen=True, slots=True)
class Unmanaged:
    """A record that provision leaves alone.

    ``full_name`` is empty for a type of which the org shows no record, and the app has one or may.
    """

    type_name: str
    full_name: str = ""

    def __str__(self) -> str:
        if self.full_name:
            return f"{self.type_name} {self.full_name}"
        return f"{self.type_name} (the org does not show whether there is one)"


def unmanaged(actual: ActualApp) -> Iterator[Unmanaged]:
    """What ``actual`` has beside what provision manages, by type and name."""
    for record in actual.dependents:
        yield Unmanaged(record.type.name, record.full_name)
    for name in actual.hidden:
        yield Unmanaged(name)
