"""Unmanaged records: what an app has beside what is managed, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from provision.plan.facts import ActualApp

__all__ = ["Unmanaged", "unmanaged", "unmanaged_lines"]


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


def unmanaged(actual: ActualApp, managed: Collection[str] = ()) -> Iterator[Unmanaged]:
    """What ``actual`` has beside the types that are ``managed``, or may have, by type and name.

    Core records that the org shows are not in it.
    """
    for record in actual.dependents:
        yield Unmanaged(record.type.name, record.full_name)
    for name in actual.unseen:
        if name not in managed:
            yield Unmanaged(name)


def unmanaged_lines(records: Sequence[Unmanaged]) -> Iterator[str]:
    """What a plan says of ``records``: those that are there, then those that may be."""
    there = [str(record) for record in records if record.full_name]
    perhaps = [record.type_name for record in records if not record.full_name]
    if there:
        yield f"also there, not managed: {', '.join(there)}"
    if perhaps:
        yield (
            "perhaps there, not managed (the org does not show whether there is one): "
            f"{', '.join(perhaps)}"
        )
