"""A plan as lines of text, for a terminal, a log, or the body of a test result."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import indent, wrap
from typing import Final

from provision.catalogue.risk import Risk, RiskLevel
from provision.findings import ADVICE, Finding
from provision.plan.facts import unmanaged_lines
from provision.plan.plan import Action, Gate, Moved, Plan
from provision.report.plan_words import (
    HAVE,
    SAYS,
    access_words,
    advice_label,
    change_words,
    default_words,
    key_choice,
    lacking_risk,
    missing_words,
    moved_words,
    place,
    unmanaged_records,
    ways_out,
)
from provision.report.row import AcceptedRow, Group, Row, accepted_rows, groups

__all__ = ["change_lines", "default_lines"]

_SIGN: Final = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.NOTHING: " ",
    Action.UNKNOWN: "?",
}
_UNKNOWN: Final = "unknown: the org does not show whether it is there; apply asks and plans again"
_INDENT: Final = "    "
_DEEPER: Final = _INDENT * 2


def change_lines(plan: Plan, *, labelled: bool = False) -> Iterator[str]:
    """All changes, the gates, and the differences that stay.

    If ``labelled``, each value says whose it is; a ``diff`` needs that because nothing is to be
    changed. Values of a drift always have labels.
    """
    drift = plan.drift
    if drift and drift.is_missing:
        yield f"drift: error: {missing_words(drift, plan.app)}"
        yield from _drift_lines(plan)
    for group in groups(plan):
        yield from _group_lines(group, labelled=labelled, tells_moves=not plan.creates_app)
    if plan.chooses_consumer_key:
        yield f"+ {key_choice(plan)}"
    yield from _access_lines(plan)
    for gate in plan.gates:
        yield from _gate_lines(gate)
    yield from _accepted_lines(
        "No longer accepted:", accepted_rows(plan.expired, plan), "expired after"
    )
    yield from _accepted_lines(
        "Accepted, and left alone:", accepted_rows(plan.accepted, plan), "until"
    )
    for advice in plan.advice:
        yield from _advice_lines(advice)
    yield from unmanaged_lines(unmanaged_records(plan))
    if drift and not drift.is_missing:
        yield from _drift_lines(plan)


def _drift_lines(plan: Plan) -> Iterator[str]:
    """Who changed the org, if the org reports it, and both ways out."""
    if plan.drift and plan.drift.changes:
        yield "last changed in the org:"
        yield from (f"{_INDENT}{change_words(change)}" for change in plan.drift.changes)
    yield "two ways out:"
    for way in ways_out(plan):
        yield from _wrapped(way)


def default_lines(plan: Plan) -> Iterator[str]:
    """What the org chooses, in one paragraph for each component, since there are many values."""
    for defaults in default_words(plan):
        chosen = ", ".join(f"{key} {value}" for key, value in defaults.chosen)
        yield from _wrapped(f"{defaults.type_name}: {chosen}")


def _wrapped(text: str) -> Iterator[str]:
    yield from wrap(
        text,
        96,
        initial_indent=_INDENT,
        subsequent_indent=_DEEPER,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _row_line(row: Row, action: Action) -> str:
    """A row in one line, without its risk. A new component has no value before."""
    is_new = action in {Action.CREATE, Action.UNKNOWN}
    change = row.after if is_new else f"{row.before} -> {row.after}"
    return f"{row.key}: {change} [{row.field_names}]  ({place(row.position)})"


def _group_lines(group: Group, *, labelled: bool, tells_moves: bool) -> Iterator[str]:
    yield f"{_SIGN[group.action]} {group.type_name} {group.full_name}"
    if group.action is Action.UNKNOWN:
        yield f"{_INDENT}{_UNKNOWN}"
    for row in group.rows:
        if row.drift or (labelled and group.action is Action.UPDATE):
            yield from _labelled_lines(row)
        else:
            yield f"{_INDENT}{_row_line(row, group.action)}"
            yield from _risk_lines(row.risk)
        if tells_moves and row.moved is not Moved.UNKNOWN:
            yield f"{_DEEPER}{moved_words(row.moved)}"


def _labelled_lines(row: Row) -> Iterator[str]:
    yield f"{_INDENT}{row.key} [{row.field_names}]  ({place(row.position)})"
    yield f"{_DEEPER}{HAVE}: {row.before}"
    yield f"{_DEEPER}{SAYS}: {row.after}"
    if row.drift:
        yield from _risk_lines(row.drift, "drift: ")
    yield from _risk_lines(row.risk, "repair: ")


def _risk_lines(risk: Risk, label: str = "") -> Iterator[str]:
    if risk.level is not RiskLevel.HARMLESS:
        yield indent(f"{label}{risk.words}: {risk.text}", _DEEPER)


def _access_lines(plan: Plan) -> Iterator[str]:
    if plan.drift is None:
        yield from (f"+ {access_words(change)}" for change in plan.access)
        return
    for index, change in enumerate(plan.access):
        yield f"+ missing in the org: {access_words(change)}"
        yield from _risk_lines(lacking_risk(plan, index), "drift: ")


def _gate_lines(gate: Gate) -> Iterator[str]:
    yield f"! {gate.name}: {gate.reason}"
    yield f"{_INDENT}{gate.next_step or f'To go through with it: {gate.flag}'}"


def _accepted_lines(title: str, items: tuple[AcceptedRow, ...], until: str) -> Iterator[str]:
    if not items:
        return
    yield title
    for item in items:
        yield f"{_INDENT}{_row_line(item.row, Action.UPDATE)}"
        yield f"{_DEEPER}{until} {item.acceptance.until.isoformat()}: {item.acceptance.reason}"


def _advice_lines(advice: Finding) -> Iterator[str]:
    where = f"  ({place(advice.position)})" if advice.position else ""
    rule = "" if advice.rule == ADVICE else f" [{advice.rule}]"
    yield f"{advice_label(advice)}: {advice.text}{rule}{where}"
    if advice.next_step:
        yield indent(f"next: {advice.next_step}", _INDENT)
