"""Proposal: what an apply would do in all orgs, to be looked at before any is written to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from provision.apply.gating import check_extent
from provision.errors import GateName, GateRefused
from provision.report.body import body_from
from provision.report.entry import Entry, Failure
from provision.report.redacted_plan import digest_of
from provision.report.report import Report
from provision.rules.threshold import Thresholds
from provision.runs.rows import OrgRow

__all__ = ["Proposal"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """The plans by org, and the rows of planning, for what that took."""

    plans: Mapping[str, Sequence[Entry]]
    rows: Mapping[str, OrgRow]

    @classmethod
    def of(cls, rows: Sequence[OrgRow]) -> Self:
        """What rows of plans propose."""
        plans = {row.org: _entries(row) for row in rows}
        return cls(plans, {row.org: replace(row, body={}) for row in rows})

    @property
    def report(self) -> Report:
        """The plans as a report."""
        return Report("plan", tuple(entry for plans in self.plans.values() for entry in plans))

    @property
    def changing(self) -> frozenset[str]:
        """The orgs in which something would change."""
        return frozenset(org for org, plans in self.plans.items() if any(map(_changes, plans)))

    def check_extent(self, allowed: frozenset[GateName], thresholds: Thresholds) -> None:
        """Raise :class:`GateRefused` where more orgs or apps would change than rules allow."""
        apps = {entry.app for plans in self.plans.values() for entry in plans if _changes(entry)}
        check_extent(apps, self.changing, allowed, thresholds)

    def refused(self, error: GateRefused, rows: Sequence[OrgRow]) -> Report:
        """What came of it when the whole of it was refused, after the ``rows`` that are kept."""
        failure = Failure(error.message, error.next_step, error.exit_code)
        kept = (entry for row in rows for entry in _entries(row))
        refused = (
            replace(entry, exit_code=error.exit_code, failure=failure)
            for entry in self.report.entries
        )
        return Report("apply", (*kept, *refused))

    def digests(self) -> dict[str, frozenset[str]]:
        """What was seen of each org, as work in that org compares it."""
        return {
            org: frozenset(digest_of(entry.plan) for entry in plans if entry.plan)
            for org, plans in self.plans.items()
        }

    def with_cost(self, row: OrgRow) -> OrgRow:
        """The row of an apply, with what planning took in that org."""
        planned = self.rows[row.org]
        return replace(
            row,
            calls=row.calls + planned.calls,
            seconds=round(row.seconds + planned.seconds, 3),
            started=planned.started,
        )


def _entries(row: OrgRow) -> Sequence[Entry]:
    return body_from(row.body, row.org).entries


def _changes(entry: Entry) -> bool:
    return entry.plan is not None and not entry.plan.is_empty
