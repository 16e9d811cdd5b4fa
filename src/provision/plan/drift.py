"""Drift: how an app in an org differs from its spec, what the effect is, and who changed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from provision.catalogue.risk import Risk

__all__ = ["Drift", "DriftedField", "LastChange", "ToldBy"]


class ToldBy(Enum):
    """Where the org records who changed something."""

    RECORD = "LastModifiedBy"
    AUDIT_TRAIL = "SetupAuditTrail"


@dataclass(frozen=True, slots=True)
class LastChange:
    """The last change of something that belongs to an app, as the org reports it.

    ``who`` is a username, empty where the org does not show it. ``what`` is a record by type and
    name, or the words of the setup audit trail.
    """

    told_by: ToldBy
    at: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class DriftedField:
    """The effect of one field having another value in the org than in the spec.

    The risk is that of the drift: of the change from the spec's value to the org's. The risk of
    the repair is in the plan's change.
    """

    type_name: str
    field_name: str
    risk: Risk


@dataclass(frozen=True, slots=True)
class Drift:
    """How an app in an org differs from its spec.

    ``fields`` are the fields that the org changed, and those of which nobody knows who changed
    them. ``access`` has the risk of each missing permission set or assignment, in the plan's
    order. If the app ``is_missing``, the org has none of its records; ``applied_at`` is when
    provision last applied it, ``None`` if no record says so. ``changes`` are sorted, the newest
    first; they are empty if the org reports none.
    """

    fields: tuple[DriftedField, ...] = ()
    access: tuple[Risk, ...] = ()
    is_missing: bool = False
    applied_at: datetime | None = None
    changes: tuple[LastChange, ...] = ()

    def risk_of(self, type_name: str, field_name: str) -> Risk | None:
        """The risk of a field's drift, ``None`` if the field has not drifted."""
        return next(
            (
                found.risk
                for found in self.fields
                if (found.type_name, found.field_name) == (type_name, field_name)
            ),
            None,
        )
