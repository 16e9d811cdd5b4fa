"""Remarks: single things to say about a place in a spec, for formats made of such."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provision.catalogue.risk import HARMLESS, Risk, RiskLevel
from provision.plan.plan import Acceptance, Gate
from provision.report.entry import Entry
from provision.report.findings import Finding, Severity
from provision.report.plan_lines import moved_words
from provision.report.redaction import Redaction
from provision.report.row import SEVERITY_OF, Row
from provision.report.shown_drift import HAVE, SAYS, ShownDrift, change_words
from provision.report.shown_plan import AcceptedRow, ShownPlan
from provision.spec.position import Position

__all__ = ["Remark", "failures", "finding_remark", "remarks"]


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing: which rule says it, of which app in which org, and where.

    ``subject`` tells remarks of one rule apart. ``acceptance`` is there where the spec accepts it.
    """

    rule: str
    severity: Severity
    app: str
    org: str
    message: str
    position: Position | None
    subject: str = ""
    acceptance: Acceptance | None = None

    @property
    def where(self) -> str:
        """The app, and its org if there is one."""
        return " in ".join(filter(None, (self.app, self.org)))


def remarks(entry: Entry) -> Iterator[Remark]:
    """What there is to say of an entry, but for its failure.

    A new app is one remark, not one a field. What was applied is no difference any more.
    """
    if entry.plan and not entry.applied:
        yield from _of_plan(entry, entry.plan)
    for notice in entry.applied.notices if entry.applied else ():
        yield _remark(entry, "notice", Severity.WARNING, notice)


def failures(entry: Entry) -> Iterator[Remark]:
    """The entry's failure: each problem at its place, or else the error at the spec's app."""
    failure = entry.failure
    if failure is None:
        return
    for problem in failure.problems:
        at = Position(problem.file, problem.line, problem.column)
        yield Remark("error", Severity.ERROR, entry.app, entry.org, problem.message, at)
    if not failure.problems:
        said = _lines(failure.message, failure.next_step)
        yield _remark(entry, "error", Severity.ERROR, said)


def finding_remark(finding: Finding, redaction: Redaction) -> Remark:
    """A finding as a remark."""
    return Remark(
        redaction.line(finding.rule),
        finding.severity,
        redaction.line(finding.spec_app),
        redaction.line(finding.org),
        redaction.lines(finding.message),
        finding.position,
        redaction.line(finding.key),
    )


def _of_plan(entry: Entry, plan: ShownPlan) -> Iterator[Remark]:
    drift = plan.drift
    if drift and drift.is_missing:
        said = _lines(drift.missing_words(plan.app), *_of_drift(drift))
        yield _remark(entry, "app-missing", Severity.ERROR, said)
    elif plan.creates_app:
        said = f"The org has no app {plan.app}; it is to be created."
        yield _remark(entry, "app-missing", Severity.NOTE, said)
    else:
        yield from (_of_row(entry, row, drift=drift) for row in plan.rows)
    if plan.key_choice:
        said = f"To be created: {plan.key_choice}."
        yield _remark(entry, "oauth.consumer_key", Severity.NOTE, said)
    for index, (access, level) in enumerate(zip(plan.access, plan.access_levels, strict=True)):
        lacking = drift.access[index] if drift and drift.access else HARMLESS
        said = _lines(f"To be created or assigned: {access}.", _risk_words(lacking, "drift: "))
        loud = SEVERITY_OF[max(level, lacking.level)]
        yield _remark(entry, "access", loud, said, subject=access)
    for gate in plan.gates:
        yield _of_gate(entry, gate)
    for item in plan.accepted:
        yield _of_row(entry, item.row, item.acceptance)
    for item in plan.expired:
        yield _of_expired(entry, item)
    for advice in plan.advice:
        at = advice.position or entry.position
        yield Remark(
            advice.rule,
            Severity(advice.severity.value),
            entry.app,
            entry.org,
            _lines(advice.text, advice.next_step),
            at,
            advice.text,
        )
    for record in plan.unmanaged:
        said = f"{'Also' if record.full_name else 'Perhaps'} there, not managed: {record}."
        yield _remark(entry, "unmanaged", Severity.NOTE, said, subject=record.type_name)


def _of_row(
    entry: Entry, row: Row, acceptance: Acceptance | None = None, drift: ShownDrift | None = None
) -> Remark:
    said = _lines(
        f"{row.key}: {HAVE} {row.before}, {SAYS} {row.after} [{row.field_names}]",
        _risk_words(row.drift, "drift: ") if row.drift else "",
        _risk_words(row.risk, "repair: " if row.drift else ""),
        moved_words(row.moved),
        *(_of_drift(drift) if row.drift and drift else ()),
    )
    severity = Severity.NOTE if acceptance else row.severity
    subject = f"{row.type_name} {row.field_names}"
    return Remark(row.key, severity, entry.app, entry.org, said, row.position, subject, acceptance)


def _risk_words(risk: Risk, label: str) -> str:
    harmless = risk.level is RiskLevel.HARMLESS
    return "" if harmless else f"{label}{risk.words}: {risk.text}"


def _of_drift(drift: ShownDrift) -> Iterator[str]:
    yield from (f"last changed: {change_words(change)}" for change in drift.changes)
    yield from drift.ways_out


def _of_gate(entry: Entry, gate: Gate) -> Remark:
    said = _lines(gate.reason, gate.next_step or f"To go through with it: {gate.flag}")
    return _remark(entry, f"gate-{gate.name}", Severity.ERROR, said, subject=gate.reason)


def _of_expired(entry: Entry, item: AcceptedRow) -> Remark:
    until = item.acceptance.until.isoformat()
    said = f"{item.row.key} was accepted until {until}: {item.acceptance.reason}"
    return Remark(
        "acceptance-expired",
        Severity.WARNING,
        entry.app,
        entry.org,
        said,
        item.row.position,
        item.row.key,
    )


def _remark(
    entry: Entry, rule: str, severity: Severity, message: str, *, subject: str = ""
) -> Remark:
    return Remark(rule, severity, entry.app, entry.org, message, entry.position, subject)


def _lines(*lines: str) -> str:
    return "\n".join(filter(None, lines))
