"""Rows: changes as people read them, one for each key of the spec."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from provision.catalogue.catalogue import OAUTH_POLICIES
from provision.catalogue.component import Value
from provision.catalogue.risk import Risk, RiskLevel, together
from provision.findings import Severity
from provision.plan.drift import Drift
from provision.plan.plan import Change, Moved
from provision.redaction import Redaction
from provision.report.refresh_token import REFRESH_TOKEN, refresh_token_policy
from provision.report.typed_value import Json, typed
from provision.report.value import shown
from provision.spec.position import Position

__all__ = ["SEVERITY_OF", "FieldChange", "Row", "rows"]

SEVERITY_OF: Final = {
    RiskLevel.HARMLESS: Severity.NOTE,
    RiskLevel.DISRUPTIVE: Severity.WARNING,
    RiskLevel.WEAKENS: Severity.WARNING,
    RiskLevel.LOCKS_OUT: Severity.ERROR,
    RiskLevel.IRREVERSIBLE: Severity.ERROR,
}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One metadata field of a row, its values as data."""

    name: str
    before: Json
    after: Json


@dataclass(frozen=True, slots=True)
class Row:
    """One key of the spec, before and after, in the spec's words; no secret is in it.

    ``fields`` are the metadata fields behind the key, of one component of type ``type_name``.
    ``risk`` is that of making the org what the spec says; ``drift`` that of the org having come
    away from it, ``None`` where it did not, or where nobody asked.
    """

    key: str
    type_name: str
    full_name: str
    before: str
    after: str
    fields: tuple[FieldChange, ...]
    position: Position
    risk: Risk
    moved: Moved
    drift: Risk | None = None

    @property
    def field_names(self) -> str:
        """The metadata fields' names, in one line."""
        return ", ".join(field.name for field in self.fields)

    @property
    def severity(self) -> Severity:
        """How loudly to say it, by the worse of its risks."""
        drift = self.drift.level if self.drift else RiskLevel.HARMLESS
        return SEVERITY_OF[max(self.risk.level, drift)]


def rows(
    changes: Iterable[Change],
    had: Mapping[str, Value],
    redaction: Redaction,
    drift: Drift | None = None,
) -> tuple[Row, ...]:
    """The rows of the changes of one component, in order. ``had`` are its fields in the org.

    The fields of the refresh-token policy become one row: the spec has one key for them. ``drift``
    has the risk of each difference that is one.
    """
    listed = tuple(changes)
    drifts = {
        change.field.name: _redacted(risk, redaction)
        for change in listed
        if drift and (risk := drift.risk_of(change.component.name, change.field.name))
    }
    return tuple(_with_drift(row, drifts) for row in _rows(listed, had, redaction))


def _with_drift(row: Row, drifts: Mapping[str, Risk]) -> Row:
    found = [drifts[field.name] for field in row.fields if field.name in drifts]
    return replace(row, drift=together(*found)) if found else row


def _rows(
    changes: Iterable[Change], had: Mapping[str, Value], redaction: Redaction
) -> Iterator[Row]:
    for is_policy, group in groupby(changes, _is_of_policy):
        if is_policy:
            yield _policy_row(tuple(group), had, redaction)
        else:
            yield from (_row(change, redaction) for change in group)


def _is_of_policy(change: Change) -> bool:
    return change.component is OAUTH_POLICIES and change.field.name in REFRESH_TOKEN


def _row(change: Change, redaction: Redaction) -> Row:
    kind, field = change.component, change.field
    return Row(
        key=redaction.line(change.key),
        type_name=kind.name,
        full_name=redaction.line(change.full_name),
        before=shown(field, change.before, redaction),
        after=shown(field, change.after, redaction),
        fields=(_field_change(change, redaction),),
        position=change.position,
        risk=_redacted(change.risk, redaction),
        moved=change.moved,
    )


def _policy_row(changes: Sequence[Change], had: Mapping[str, Value], redaction: Redaction) -> Row:
    before = {**had, **{change.field.name: change.before for change in changes}}
    after = {**had, **{change.field.name: change.after for change in changes}}
    first = _row(changes[0], redaction)
    return replace(
        first,
        before=redaction.line(refresh_token_policy(before)),
        after=redaction.line(refresh_token_policy(after)),
        fields=tuple(_field_change(change, redaction) for change in changes),
        risk=together(*(_redacted(change.risk, redaction) for change in changes)),
        moved=_together([change.moved for change in changes]),
    )


def _field_change(change: Change, redaction: Redaction) -> FieldChange:
    field = change.field
    return FieldChange(
        field.name, typed(field, change.before, redaction), typed(field, change.after, redaction)
    )


def _redacted(risk: Risk, redaction: Redaction) -> Risk:
    return replace(risk, reason=redaction.lines(risk.reason), numbers=redaction.lines(risk.numbers))


def _together(moved: Sequence[Moved]) -> Moved:
    known = {item for item in moved if item is not Moved.UNKNOWN}
    if len(known) > 1:
        return Moved.BOTH
    return next(iter(known), Moved.UNKNOWN)
