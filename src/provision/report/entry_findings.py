"""The findings that formats such as SARIF make of an entry: a message for each thing in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from provision.catalogue.risk import Risk, RiskLevel
from provision.findings import Finding, Severity
from provision.plan.plan import Acceptance, Plan
from provision.redaction import SECRETS
from provision.report.entry import Entry
from provision.report.plan_words import (
    HAVE,
    SAYS,
    access_words,
    change_words,
    key_choice,
    lacking_risk,
    missing_words,
    moved_words,
    risk_of,
    unmanaged_records,
    ways_out,
)
from provision.report.row import SEVERITY_OF, AcceptedRow, Row, accepted_rows, rows

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


def _of_plan(plan: Plan) -> Iterator[Finding]:
    drift = plan.drift
    if drift and drift.is_missing:
        text = _lines(missing_words(drift, plan.app), *_of_drift(plan))
        yield Finding(Severity.ERROR, "app-missing", text)
    elif plan.creates_app:
        text = f"The org has no app {plan.app}; it is to be created."
        yield Finding(Severity.NOTE, "app-missing", text)
    else:
        yield from (_of_row(row, drifted=plan) for row in rows(plan))
    if plan.chooses_consumer_key:
        text = f"To be created: {key_choice(plan)}."
        yield Finding(Severity.NOTE, "oauth.consumer_key", text)
    for index, change in enumerate(plan.access):
        access, level = access_words(change), risk_of(change).level
        lacking = lacking_risk(plan, index)
        text = _lines(f"To be created or assigned: {access}.", _risk_words(lacking, "drift: "))
        yield Finding(SEVERITY_OF[max(level, lacking.level)], "access", text, key=access)
    yield from (gate.finding for gate in plan.gates)
    accepted = accepted_rows(plan.accepted, plan)
    yield from (_of_row(item.row, item.acceptance) for item in accepted)
    yield from map(_of_expired, accepted_rows(plan.expired, plan))
    yield from (replace(advice, key=advice.text) for advice in plan.advice)
    for record in unmanaged_records(plan):
        text = f"{'Also' if record.full_name else 'Perhaps'} there, not managed: {record}."
        yield Finding(Severity.NOTE, "unmanaged", text, key=record.type_name)


def _of_row(row: Row, acceptance: Acceptance | None = None, drifted: Plan | None = None) -> Finding:
    text = _lines(
        f"{row.key}: {HAVE} {row.before}, {SAYS} {row.after} [{row.field_names}]",
        _risk_words(row.drift, "drift: ") if row.drift else "",
        _risk_words(row.risk, "repair: " if row.drift else ""),
        moved_words(row.moved),
        *(_of_drift(drifted) if row.drift and drifted else ()),
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


def _of_drift(plan: Plan) -> Iterator[str]:
    changes = plan.drift.changes if plan.drift else ()
    yield from (f"last changed: {change_words(change)}" for change in changes)
    yield from ways_out(plan)


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
