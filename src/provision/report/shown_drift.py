"""ShownDrift: a drift in words, without secrets, for any format to lay out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from provision.catalogue.risk import Risk
from provision.plan.drift import Drift, LastChange, ToldBy
from provision.redaction import Redaction

__all__ = ["HAVE", "SAYS", "ShownDrift", "change_words", "shown_drift"]

HAVE: Final = "the org has"
"""What stands before a value of the org."""

SAYS: Final = "the spec says"
"""What stands before a value of the spec."""

_REPAIR: Final = "To have what the spec says: run `provision apply` on the same target."
_REPAIR_REST: Final = (
    "To have what the spec says: no apply can undo all of it. Do what the irreversible gate says, "
    "and run `provision apply` for the rest."
)
_KEEP: Final = (
    "To have what the org has: write its values into the spec, at the places that are named here; "
    "to leave them alone until a day, name them under `accept:` in the spec."
)
_MAKE_AGAIN: Final = (
    "To have the app: run `provision apply` on the same target. It makes a new app, with a new "
    "consumer key unless the spec says one: clients of an app that was there before need the new "
    "key, and its users log in again."
)
_GO_WITHOUT: Final = (
    "To go without the app: take its spec out of the fleet file, or out of the call."
)


@dataclass(frozen=True, slots=True)
class ShownDrift:
    """What there is to say of a drift.

    ``applied_on`` is the day on which provision applied the app last, ``None`` where no record
    tells. ``access`` has the risk of each line of the plan's ``access`` being missing. It
    ``is_final`` where no apply can undo all of it.
    """

    is_missing: bool
    applied_on: date | None
    access: tuple[Risk, ...]
    changes: tuple[LastChange, ...]
    is_final: bool = False

    @property
    def status(self) -> str:
        """What became of an app that is missing, in a few words."""
        return "missing in the org" if self.applied_on is None else "deleted in the org"

    def missing_words(self, app: str) -> str:
        """What there is to say of an app that is missing, in sentences."""
        if self.applied_on is None:
            return f"The org has no app {app}: it was deleted there, or never applied."
        return (
            f"The org has no app {app}, and had it on {self.applied_on.isoformat()}, when it was "
            "last applied: it was deleted since. Its consumer key and its tokens went with it."
        )

    @property
    def ways_out(self) -> tuple[str, ...]:
        """What can be done about it: both ways."""
        if self.is_missing:
            return (_MAKE_AGAIN, _GO_WITHOUT)
        return (_REPAIR_REST if self.is_final else _REPAIR, _KEEP)


def shown_drift(drift: Drift, redaction: Redaction, *, is_final: bool) -> ShownDrift:
    """``drift`` without what ``redaction`` hides. The risks of its fields are in the rows."""
    return ShownDrift(
        is_missing=drift.is_missing,
        applied_on=drift.applied_at.date() if drift.applied_at else None,
        access=tuple(
            replace(
                risk, reason=redaction.lines(risk.reason), numbers=redaction.lines(risk.numbers)
            )
            for risk in drift.access
        ),
        changes=tuple(
            replace(change, who=redaction.line(change.who), what=redaction.line(change.what))
            for change in drift.changes
        ),
        is_final=is_final,
    )


def change_words(change: LastChange) -> str:
    """Who changed what, and when, in one line."""
    who = f" by {change.who}" if change.who else ""
    when = f"{change.at:%Y-%m-%d %H:%M} UTC"
    if change.told_by is ToldBy.AUDIT_TRAIL:
        return f'{when}{who}: "{change.what}" (setup audit trail)'
    return f"{when}{who}: {change.what}"
