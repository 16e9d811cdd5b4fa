"""Replanning: a record that an app has, and that its plan did not know, ends the run before it.

OBS: an app has one record of a type, and an org that is asked for a second one refuses the deploy
and names the first. That record was in no plan, no gate and no snapshot, so nothing is laid over
it: it is read, and the whole is planned again.
"""

from __future__ import annotations

from collections.abc import Sequence

from provision.catalogue.component import Component
from provision.errors import GateRefused
from provision.plan.facts import ActualApp

__all__ = ["RecordLearned", "check_known"]


class RecordLearned(GateRefused):
    """The org named records of the app that the plan does not know. Nothing was overwritten."""

    def __init__(self, app: str, records: Sequence[Component]) -> None:
        self.records = tuple(records)
        super().__init__(
            f"stale gate: {app} has {self.named} in the org, which no read had shown, and which "
            "the plan does not know",
            next_step="Run `provision apply` with the spec and this org alone: it reads what is "
            "there, and plans again.",
        )

    @property
    def notice(self) -> str:
        """What to say before the whole is planned again."""
        verb = "is" if len(self.records) == 1 else "are"
        return f"notice: {self.named} {verb} there already; planning again"

    @property
    def named(self) -> str:
        """The records by type and name."""
        return ", ".join(f"{record.type.name} {record.full_name}" for record in self.records)


def check_known(anew: ActualApp, learned: RecordLearned) -> None:
    """Raise ``learned`` unless its records are in the app as it was read ``anew``."""
    if any(record.type.name not in anew.components for record in learned.records):
        raise learned
