"""A plan as lines of text, for a terminal, a log, or the body of a test result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from textwrap import indent, wrap
from typing import Final

from provision.catalogue.risk import Risk, RiskLevel
from provision.findings import ADVICE, Finding, Severity
from provision.plan.plan import Action, Gate, Moved
from provision.plan.unmanaged import unmanaged_lines
from provision.redaction import visible
from provision.report.row import Row
from provision.report.shown_drift import HAVE, SAYS, ShownDrift, change_words
from provision.report.shown_plan import AcceptedRow, Group, ShownPlan
from provision.spec.position import Position

__all__ = [
    "advice_label",
    "change_lines",
    "default_lines",
    "drift_lines",
    "moved_words",
    "place",
    "risks",
    "row_line",
    "summary",
]

_SIGN: Final = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.NOTHING: " ",
    Action.UNKNOWN: "?",
}
_UNKNOWN: Final = "unknown: the org does not show whether it is there; apply asks and plans again"
_INDENT: Final = "    "
_DEEPER: Final = _INDENT * 2


def change_lines(plan: ShownPlan, *, labelled: bool = False) -> Iterator[str]:
    """Everything that is to change, what holds it, and what is left alone.

    ``labelled``: each value says whose it is, as where nothing is to be changed. A drift always
    does.
    """
    drift = plan.drift
    if drift and drift.is_missing:
        yield f"drift: error: {drift.missing_words(plan.app)}"
        yield from drift_lines(drift)
    for group in plan.groups:
        yield from _group_lines(group, labelled=labelled, tells_moves=not plan.creates_app)
    if plan.key_choice:
        yield f"+ {plan.key_choice}"
    yield from _access_lines(plan)
    for gate in plan.gates:
        yield from _gate_lines(gate)
    yield from _accepted_lines("No longer accepted:", plan.expired, "expired after")
    yield from _accepted_lines("Accepted, and left alone:", plan.accepted, "until")
    for advice in plan.advice:
        yield from _advice_lines(advice)
    yield from unmanaged_lines(plan.unmanaged)
    if drift and not drift.is_missing:
        yield from drift_lines(drift)


def drift_lines(drift: ShownDrift) -> Iterator[str]:
    """Who changed the org, as far as it tells, and both ways out."""
    if drift.changes:
        yield "last changed in the org:"
        yield from (f"{_INDENT}{change_words(change)}" for change in drift.changes)
    yield "two ways out:"
    for way in drift.ways_out:
        yield from _wrapped(way)


def default_lines(plan: ShownPlan) -> Iterator[str]:
    """What the org chooses: one paragraph a component, as there are many, and most are false."""
    for defaults in plan.defaults:
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


def row_line(row: Row, action: Action) -> str:
    """A row in one line, without its risk: a new component has no before."""
    is_new = action in {Action.CREATE, Action.UNKNOWN}
    change = row.after if is_new else f"{row.before} -> {row.after}"
    return f"{row.key}: {change} [{row.field_names}]  ({place(row.position)})"


def summary(plan: ShownPlan) -> str:
    """How much there is to do, and how risky it is, by number."""
    fields = sum(len(row.fields) for row in plan.rows)
    unknown = f"{plan.count(Action.UNKNOWN)} unknown, " if plan.count(Action.UNKNOWN) else ""
    done = (
        f"{unknown}{plan.count(Action.CREATE)} to create, {plan.count(Action.UPDATE)} to update "
        f"({fields} field{'s' if fields != 1 else ''}), {len(plan.access)} for access."
    )
    if plan.drift and plan.drift_risks:
        done = f"{done} Risks of the drift: {_tally(plan.drift_risks)}."
    title = "Risks of the repair" if plan.drift else "Risks"
    return f"{done} {title}: {_tally(plan.risks)}." if plan.risks else done


def risks(plan: ShownPlan) -> str:
    """How many rows there are of each risk: ``locks out: 1, weakens: 2``. A drift's are its own."""
    return _tally(plan.drift_risks if plan.drift else plan.risks)


def _tally(counts: Sequence[tuple[RiskLevel, int]]) -> str:
    return ", ".join(f"{level.words}: {count}" for level, count in counts)


def place(position: Position) -> str:
    """A position as a person reads it."""
    return visible(str(position))


def moved_words(moved: Moved) -> str:
    """Who moved since the last apply, as a sentence; empty where nobody knows."""
    return _MOVED[moved]


_MOVED: Final = {
    Moved.SPEC: "The spec moved since the last apply.",
    Moved.ORG: "The org moved since the last apply.",
    Moved.BOTH: "Spec and org both moved since the last apply.",
    Moved.UNKNOWN: "",
}


def _group_lines(group: Group, *, labelled: bool, tells_moves: bool) -> Iterator[str]:
    yield f"{_SIGN[group.action]} {group.type_name} {group.full_name}"
    if group.action is Action.UNKNOWN:
        yield f"{_INDENT}{_UNKNOWN}"
    for row in group.rows:
        if row.drift or (labelled and group.action is Action.UPDATE):
            yield from _labelled_lines(row)
        else:
            yield f"{_INDENT}{row_line(row, group.action)}"
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


def _access_lines(plan: ShownPlan) -> Iterator[str]:
    if plan.drift is None:
        yield from (f"+ {access}" for access in plan.access)
        return
    for access, risk in zip_longest(plan.access, plan.drift.access, fillvalue=None):
        yield f"+ missing in the org: {access}"
        if isinstance(risk, Risk):
            yield from _risk_lines(risk, "drift: ")


def _gate_lines(gate: Gate) -> Iterator[str]:
    yield f"! {gate.name}: {gate.reason}"
    yield f"{_INDENT}{gate.next_step or f'To go through with it: {gate.flag}'}"


def _accepted_lines(title: str, items: tuple[AcceptedRow, ...], until: str) -> Iterator[str]:
    if not items:
        return
    yield title
    for item in items:
        yield f"{_INDENT}{row_line(item.row, Action.UPDATE)}"
        yield f"{_DEEPER}{until} {item.acceptance.until.isoformat()}: {item.acceptance.reason}"


def _advice_lines(advice: Finding) -> Iterator[str]:
    where = f"  ({place(advice.position)})" if advice.position else ""
    rule = "" if advice.rule == ADVICE else f" [{advice.rule}]"
    yield f"{advice_label(advice)}: {advice.text}{rule}{where}"
    if advice.next_step:
        yield indent(f"next: {advice.next_step}", _INDENT)


def advice_label(advice: Finding) -> str:
    """What to call a piece of advice: a warning where something fails."""
    return ADVICE if advice.severity is Severity.NOTE else advice.severity.value
