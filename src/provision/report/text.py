"""Text for a terminal or a log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from provision.findings import Finding, Severity
from provision.plan.facts import OrgFacts
from provision.plan.plan import Plan
from provision.redaction import SECRETS, register
from provision.report.alike import alike, listed
from provision.report.entry import AppliedNote, Entry, Failure, ProofNote, tally
from provision.report.findings import Findings
from provision.report.matrix import (
    COST_HEADING,
    Matrix,
    MatrixRow,
    cost_cells,
    matrix_of,
    worst_first,
)
from provision.report.plan_lines import change_lines, default_lines
from provision.report.plan_words import has_expired_certificate, missing_status, place, summary
from provision.report.redacted_plan import redacted_plan, secret_values
from provision.report.report import Report, proof_note

if TYPE_CHECKING:
    from provision.apply.proof import Proof
    from provision.apply.run import Applied

__all__ = [
    "TextRenderer",
    "applied_text",
    "entry_text",
    "finding_line",
    "findings_summary",
    "plan_text",
    "proof_text",
]

_DIFF = "diff"
_NO_CELL = "-"
_GAP = "  "
_TIGHTENS = "This restricts an existing app: it is validated and granted first, restricted last."
_EXPIRED = "Nothing to change, and a certificate has expired: `provision rotate certificate`."
_LEFT_TO_ORG = "The spec leaves these to the org, which chooses for a new app:"


class TextRenderer:
    """Text for people."""

    def render(self, report: Report) -> str:
        """At least one paragraph for each app in each org, and a count if there are several.

        Of several orgs, a matrix comes first, and only results that are not fine have paragraphs.
        Orgs for which the same is true share a paragraph.
        """
        if report.is_of_fleet:
            return _fleet_text(report)
        blocks = [entry_text(entry, report.verb) for entry in report.entries]
        if len(blocks) != 1:
            blocks.append(
                f"{len(blocks)} results: {tally(report.entries)}." if blocks else "Nothing."
            )
        return "\n\n".join(blocks)

    def render_findings(self, findings: Findings) -> str:
        """One line a finding, as compilers write it, and a count."""
        lines = [finding_line(finding) for finding in findings.findings]
        return "\n".join([*lines, findings_summary(findings)])


def _fleet_text(report: Report) -> str:
    count = len(report.entries)
    telling = (entry for _, entry in worst_first(report.entries) if not entry.is_fine)
    return "\n\n".join(
        [
            "\n".join(_matrix_lines(matrix_of(report))),
            f"{count} results in {len(report.orgs)} orgs: {tally(report.entries)}.",
            *(entry_text(each.entry, report.verb, each.orgs) for each in alike(telling)),
        ]
    )


def _matrix_lines(matrix: Matrix) -> Iterator[str]:
    """A heading, a line for each org, and counts of the orgs that are fine."""
    if matrix.shown:
        heading = ("org", *matrix.apps, *(COST_HEADING if matrix.has_costs else ()))
        yield from _aligned(
            [heading, *(_matrix_cells(row, matrix) for row in matrix.shown)], matrix
        )
    yield from matrix.folded


def _matrix_cells(row: MatrixRow, matrix: Matrix) -> tuple[str, ...]:
    statuses = (cell.status or _NO_CELL for cell in row.cells)
    return (row.org, *statuses, *(cost_cells(row) if matrix.has_costs else ()))


def _aligned(rows: Sequence[Sequence[str]], matrix: Matrix) -> Iterator[str]:
    """The rows with words aligned to the left, and numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    words = 1 + len(matrix.apps)
    for row in rows:
        padded = (
            cell.ljust(width) if at < words else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield _GAP.join(padded).rstrip()


def entry_text(entry: Entry, verb: str, orgs: Sequence[str] = ()) -> str:
    """The result of one app in one org, or in all of ``orgs`` if it is true for several."""
    blocks: list[str] = []
    several = f"orgs: {listed(orgs)}" if len(orgs) > 1 else ""
    if entry.plan:
        where = several or _org_line(entry.plan.org)
        blocks.append("\n".join((where, *_plan_lines(entry.plan, verb))))
    else:
        app = f"\napp: {entry.app}" if entry.app else ""
        blocks.append(f"{several or f'org: {entry.org}'}{app}")
    if entry.applied:
        blocks.append("\n".join(_applied_lines(entry.app, entry.applied)))
    if entry.done:
        blocks.append(entry.done)
    if entry.proof:
        blocks.append("\n".join(_proof_lines(entry.proof)))
    if entry.failure:
        blocks.append("\n".join(_failure_lines(entry.failure)))
    return "\n\n".join(blocks)


def finding_line(finding: Finding) -> str:
    """A finding in one line, as compilers write it."""
    where = f"{place(finding.position)}: " if finding.position else ""
    message = f"{finding.severity.value}: {finding.sentence} [{finding.rule}]"
    return SECRETS.lines(f"{where}{finding.where}: {message}")


def findings_summary(findings: Findings) -> str:
    """How many apps were checked, and the number of findings."""
    apps = len(findings.checked)
    checked = f"{apps} app{'s' if apps != 1 else ''} checked"
    counts = [
        f"{count} {severity.value}{'s' if count != 1 else ''}"
        for severity in Severity
        if (count := findings.count(severity))
    ]
    return f"{checked}: {', '.join(counts) or 'nothing found'}."


def plan_text(plan: Plan) -> str:
    """A plan: the org, the app, every change, and what the org itself chooses."""
    register(*secret_values(plan))
    shown = redacted_plan(plan, SECRETS)
    return "\n".join((_org_line(shown.org), *_plan_lines(shown, "plan")))


def applied_text(applied: Applied) -> str:
    """That the org has the app as the spec says, and the consumer key."""
    return "\n".join(_applied_lines(applied.plan.app, AppliedNote(applied.consumer_key, ())))


def proof_text(proof: Proof) -> str:
    """A line for each proof of an app."""
    return "\n".join(_proof_lines(proof_note(proof, SECRETS)))


def _plan_lines(plan: Plan, verb: str) -> Iterator[str]:
    yield f"app: {plan.app} ({_state(plan)})"
    yield ""
    changes = list(change_lines(plan, labelled=verb == _DIFF))
    yield from changes
    if plan.is_empty:
        if changes:
            yield ""
        yield _EXPIRED if has_expired_certificate(plan) else _nothing(verb)
        return
    if verb != _DIFF:
        yield from _consequences(plan)
    yield ""
    yield summary(plan)


def _state(plan: Plan) -> str:
    if plan.drift and plan.drift.is_missing:
        return missing_status(plan.drift)
    return "to be created" if plan.creates_app else "exists"


def _nothing(verb: str) -> str:
    if verb == _DIFF:
        return "No differences."
    return "Nothing to change: the org is what the spec says."


def _consequences(plan: Plan) -> Iterator[str]:
    if plan.tightens:
        yield from ("", _TIGHTENS)
    if plan.defaults:
        yield from ("", _LEFT_TO_ORG)
        yield from default_lines(plan)


def _org_line(org: OrgFacts) -> str:
    who = f", as {org.username}" if org.username else ""
    sort = ", PRODUCTION" if org.is_production else ""
    where = f"{org.instance_url}{who}, API {org.api_version}, by {org.reached_by}{sort}"
    return f"org: {org.name} ({where})"


def _applied_lines(app: str, applied: AppliedNote) -> Iterator[str]:
    yield from (f"notice: {notice}" for notice in applied.notices)
    yield f"app: {app} is what the spec says (read back)"
    if applied.consumer_key:
        yield f"consumer key: {applied.consumer_key}"


def _proof_lines(proof: ProofNote) -> Iterator[str]:
    yield proof.text
    for other in proof.also:
        yield from _proof_lines(other)


def _failure_lines(failure: Failure) -> Iterator[str]:
    yield f"error: {failure.message}"
    if failure.next_step:
        yield f"next: {failure.next_step}"
