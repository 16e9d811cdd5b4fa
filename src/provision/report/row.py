"""Rows: the changes of a plan as people read them, one for each key of the spec."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from provision.catalogue.catalogue import OAUTH_POLICIES
from provision.catalogue.component import Value
from provision.catalogue.field import MetadataType
from provision.catalogue.risk import Risk, RiskLevel, together
from provision.findings import Severity
from provision.plan.drift import Drift
from provision.plan.plan import Acceptance, AcceptedDifference, Action, Change, Moved, Plan
from provision.report.value import REFRESH_TOKEN, refresh_token_policy, shown
from provision.spec.position import Position

__all__ = ["SEVERITY_OF", "AcceptedRow", "Group", "Row", "accepted_rows", "groups", "rows"]

SEVERITY_OF: Final = {
    RiskLevel.HARMLESS: Severity.NOTE,
    RiskLevel.DISRUPTIVE: Severity.WARNING,
    RiskLevel.WEAKENS: Severity.WARNING,
    RiskLevel.LOCKS_OUT: Severity.ERROR,
    RiskLevel.IRREVERSIBLE: Severity.ERROR,
}

_NO_FIELDS: Final[Mapping[str, Value]] = {}


@dataclass(frozen=True, slots=True)
class Row:
    """One key of the spec: the ``changes`` of the metadata fields behind it, of one component.

    The fields of the refresh-token policy are one row, since the spec has one key for them; ``had``
    are the component's fields in the org, which complete the policy. ``drift`` is the risk of the
    drift, ``None`` if the value has not drifted, or if the plan does not tell a drift.
    """

    changes: tuple[Change, ...]
    had: Mapping[str, Value]
    drift: Risk | None = None

    @property
    def key(self) -> str:
        """The spec's path to the value."""
        return self.changes[0].key

    @property
    def type_name(self) -> str:
        """The metadata type of the component."""
        return self.changes[0].component.name

    @property
    def position(self) -> Position:
        """Where the spec says it."""
        return self.changes[0].position

    @property
    def before(self) -> str:
        """The org's value, in the spec's words."""
        if _is_of_policy(self.changes[0]):
            return refresh_token_policy(
                {**self.had, **{change.field.name: change.before for change in self.changes}}
            )
        [change] = self.changes
        return shown(change.field, change.before)

    @property
    def after(self) -> str:
        """The spec's value, in the spec's words."""
        if _is_of_policy(self.changes[0]):
            return refresh_token_policy(
                {**self.had, **{change.field.name: change.after for change in self.changes}}
            )
        [change] = self.changes
        return shown(change.field, change.after)

    @property
    def field_names(self) -> str:
        """The metadata fields' names, in one line."""
        return ", ".join(change.field.name for change in self.changes)

    @property
    def risk(self) -> Risk:
        """The risk of making the org what the spec says."""
        if len(self.changes) == 1:
            return self.changes[0].risk
        return together(*(change.risk for change in self.changes))

    @property
    def moved(self) -> Moved:
        """Who moved since the last apply."""
        known = {change.moved for change in self.changes} - {Moved.UNKNOWN}
        if len(known) > 1:
            return Moved.BOTH
        return next(iter(known), Moved.UNKNOWN)

    @property
    def severity(self) -> Severity:
        """The severity of the worse of its risks."""
        drift = self.drift.level if self.drift else RiskLevel.HARMLESS
        return SEVERITY_OF[max(self.risk.level, drift)]


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one component, and what happens to it."""

    action: Action
    type_name: str
    full_name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class AcceptedRow:
    """A row that the spec accepts, or accepted, and its reason."""

    row: Row
    acceptance: Acceptance


def groups(plan: Plan) -> tuple[Group, ...]:
    """The components to which something happens, each with its rows."""
    return tuple(
        Group(
            item.action,
            item.component.type.name,
            item.component.full_name,
            tuple(_rows(item.changes, _had(plan, item.component.type), plan.drift)),
        )
        for item in plan.components
        if item.action is not Action.NOTHING
    )


def rows(plan: Plan) -> tuple[Row, ...]:
    """Every row, component by component."""
    return tuple(row for group in groups(plan) for row in group.rows)


def accepted_rows(differences: Iterable[AcceptedDifference], plan: Plan) -> tuple[AcceptedRow, ...]:
    """The accepted, or no longer accepted, ``differences`` of ``plan`` as rows."""
    by_acceptance = groupby(differences, lambda item: (item.change.component.name, item.acceptance))
    found: list[AcceptedRow] = []
    for (_, acceptance), group in by_acceptance:
        changes = [item.change for item in group]
        had = _had(plan, changes[0].component)
        found += [AcceptedRow(row, acceptance) for row in _rows(changes, had, None)]
    return tuple(found)


def _rows(
    changes: Sequence[Change], had: Mapping[str, Value], drift: Drift | None
) -> Iterator[Row]:
    for is_policy, group in groupby(changes, _is_of_policy):
        if is_policy:
            yield _row(tuple(group), had, drift)
        else:
            yield from (_row((change,), had, drift) for change in group)


def _row(changes: tuple[Change, ...], had: Mapping[str, Value], drift: Drift | None) -> Row:
    risks = [
        risk
        for change in changes
        if drift and (risk := drift.risk_of(change.component.name, change.field.name))
    ]
    return Row(changes, had, together(*risks) if risks else None)


def _is_of_policy(change: Change) -> bool:
    return change.component is OAUTH_POLICIES and change.field.name in REFRESH_TOKEN


def _had(plan: Plan, metadata_type: MetadataType) -> Mapping[str, Value]:
    component = plan.actual.components.get(metadata_type.name)
    return component.fields if component else _NO_FIELDS
