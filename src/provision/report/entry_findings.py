"""The findings that formats such as SARIF make of an entry: a message for each thing in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from provision.catalogue.risk import HARMLESS, Risk, RiskLevel
from provision.findings import Finding, Severity
from provision.plan.plan import Acceptance
from provision.redaction import SECRETS
from provision.report.entry import Entry
from provision.report.plan_lines import moved_words
from provision.report.row import SEVERITY_OF, Row
from provision.report.shown_drift import HAVE, SAYS, ShownDrift, change_words
from provision.report.shown_plan import AcceptedRow, ShownPlan

__all__ = ["entry_findings", "failure_findings", "printable"]

_FAILED = "error"


def entry_findings(entry: Entry) -> Iterator[Finding]:
    """The findings of an entry, except its failure.

    A new app is one finding, not one for each field. What was applied is no difference any more.
    """
    if entry.plan and not entry.applied:
        for finding in _of_plan(entry.plan):
            yield _placed(entry, finding)
    for notice in entry.applied.notices if entry.applied else ():
        yield _placed(entry, Finding(Severity.WARNING, "notice", notice))


def failure_findings(entry: Entry) -> Iterator[Finding]:
    """The entry's failure: each problem at its place, or else the error at the spec's app."""
    failure = entry.failure
    if failure is None:
        return
    for problem in failure.problems:
        yield replace(problem, rule=_FAILED, app=entry.app, org=entry.org)
    if not failure.problems:
        text = _lines(failure.message, failure.next_step)
        yield _placed(entry, Finding(Severity.ERROR, _FAILED, text))


def printable(finding: Finding) -> Finding:
    """A finding as a format may print it."""
    return replace(
        finding,
        rule=SECRETS.line(finding.rule),
        text=SECRETS.lines(finding.text),
        next_step=SECRETS.lines(finding.next_step),
        key=SECRETS.line(finding.key),
        app=SECRETS.line(finding.app),
        org=SECRETS.line(finding.org),
    )


def _placed(entry: Entry, finding: Finding) -> Finding:
    """The finding of the entry's app, at its own place or else where the spec names the app."""
    position = finding.position or entry.position
    return replace(finding, app=entry.app, org=entry.org, position=position)


def _of_plan(plan: ShownPlan) -> Iterator[Finding]:
    drift = plan.drift
    if drift and drift.is_missing:
        text = _lines(drift.missing_words(plan.app), *_of_drift(drift))
        yield Finding(Severity.ERROR, "app-missing", text)
    elif plan.creates_app:
        text = f"The org has no app {plan.app}; it is to be created."
        yield Finding(Severity.NOTE, "app-missing", text)
    else:
        yield from (_of_row(row, drift=drift) for row in plan.rows)
    if plan.key_choice:
        yield Finding(Severity.NOTE, "oauth.consumer_key", f"To be created: {plan.key_choice}.")
    for index, (access, level) in enumerate(zip(plan.access, plan.access_levels, strict=True)):
        lacking = drift.access[index] if drift and drift.access else HARMLESS
        text = _lines(f"To be created or assigned: {access}.", _risk_words(lacking, "drift: "))
        yield Finding(SEVERITY_OF[max(level, lacking.level)], "access", text, key=access)
    yield from (gate.finding for gate in plan.gates)
    yield from (_of_row(item.row, item.acceptance) for item in plan.accepted)
    yield from map(_of_expired, plan.expired)
    yield from (replace(advice, key=advice.text) for advice in plan.advice)
    for record in plan.unmanaged:
        text = f"{'Also' if record.full_name else 'Perhaps'} there, not managed: {record}."
        yield Finding(Severity.NOTE, "unmanaged", text, key=record.type_name)


def _of_row(
    row: Row, acceptance: Acceptance | None = None, drift: ShownDrift | None = None
) -> Finding:
    text = _lines(
        f"{row.key}: {HAVE} {row.before}, {SAYS} {row.after} [{row.field_names}]",
        _risk_words(row.drift, "drift: ") if row.drift else "",
        _risk_words(row.risk, "repair: " if row.drift else ""),
        moved_words(row.moved),
        *(_of_drift(drift) if row.drift and drift else ()),
    )
    return Finding(
        Severity.NOTE if acceptance else row.severity,
        row.key,
        text,
        position=row.position,
        key=f"{row.type_name} {row.field_names}",
        accepted=f"{acceptance.reason} (until {acceptance.until.isoformat()})"
        if acceptance
        else "",
    )


def _risk_words(risk: Risk, label: str) -> str:
    harmless = risk.level is RiskLevel.HARMLESS
    return "" if harmless else f"{label}{risk.words}: {risk.text}"


def _of_drift(drift: ShownDrift) -> Iterator[str]:
    yield from (f"last changed: {change_words(change)}" for change in drift.changes)
    yield from drift.ways_out


def _of_expired(item: AcceptedRow) -> Finding:
    until = item.acceptance.until.isoformat()
    text = f"{item.row.key} was accepted until {until}: {item.acceptance.reason}"
    return Finding(
        Severity.WARNING,
        "acceptance-expired",
        text,
        position=item.row.position,
        key=item.row.key,
    )


def _lines(*lines: str) -> str:
    return "\n".join(filter(None, lines))
