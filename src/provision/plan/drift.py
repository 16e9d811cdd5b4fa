"""Drift: how the app of an org came away from its spec, what that does, and who did it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from provision.catalogue.risk import Risk

__all__ = ["Drift", "DriftedField", "LastChange", "ToldBy"]


class ToldBy(Enum):
    """Where an org tells who changed something."""

    RECORD = "LastModifiedBy"
    AUDIT_TRAIL = "SetupAuditTrail"


@dataclass(frozen=True, slots=True)
class LastChange:
    """Who changed something of an app last, and when, as the org tells it.

    ``who`` is a username, empty where the org does not show it. ``what`` is a record by type and
    name, or the words of the setup audit trail.
    """

    told_by: ToldBy
    at: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class DriftedField:
    """What it does that the org has another value in a field than the spec says.

    The risk is that of the drift itself, from the spec's value to the org's, with nothing said of
    repairing it.
    """

    type_name: str
    field_name: str
    risk: Risk


@dataclass(frozen=True, slots=True)
class Drift:
    """How an app of an org came away from its spec.

    ``fields`` are those that the org moved, or of which nobody knows who did; ``access`` has the
    risk of each permission set or assignment that is missing, in the plan's order. Of an app that
    ``is_missing``, the org has nothing; ``applied_at`` is when provision applied it last, ``None``
    where no record tells. ``changes`` are the newest first, empty where the org tells nothing.
    """

    fields: tuple[DriftedField, ...] = ()
    access: tuple[Risk, ...] = ()
    is_missing: bool = False
    applied_at: datetime | None = None
    changes: tuple[LastChange, ...] = ()

    def risk_of(self, type_name: str, field_name: str) -> Risk | None:
        """The risk of the drift of a field; ``None`` if it is none."""
        return next(
            (
                found.risk
                for found in self.fields
                if (found.type_name, found.field_name) == (type_name, field_name)
            ),
            None,
        )
