"""Markdown for a comment on a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from provision.catalogue.risk import Risk, RiskLevel
from provision.findings import Finding, Severity
from provision.plan.facts import unmanaged_lines
from provision.plan.plan import Action, Plan
from provision.redaction import SECRETS
from provision.report.alike import Alike, alike
from provision.report.entry import Entry, Failure, tally
from provision.report.findings import Findings
from provision.report.markdown_text import MARK, bold, code, fenced, prose, table
from provision.report.matrix import (
    COST_HEADING,
    Cell,
    Matrix,
    MatrixRow,
    cost_cells,
    matrix_of,
    worst_first,
)
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
    risks,
    summary,
    unmanaged_records,
    ways_out,
)
from provision.report.report import Report
from provision.report.row import AcceptedRow, Group, Row, accepted_rows, groups
from provision.report.text import findings_summary

__all__ = ["LONGEST", "MARKER", "MarkdownRenderer"]

MARKER: Final = "<!-- provision -->"
"""The first line, by which a bot recognizes its own comment."""

LONGEST: Final = 65_536
"""GitHub refuses a comment with more characters."""

_NOTE: Final = (
    "_This report is too long for a comment: {left} of {all} parts are left out. "
    "Use another format for all of it, such as `html`._"
)
_SPARE: Final = 1_000  # for the numbers in the note, line feeds, and what a bot adds
_SUMMARY_ROWS: Final = 200
_MOST_LISTED: Final = 10
_DONE: Final = {
    Action.CREATE: "New",
    Action.UPDATE: "Changed",
    Action.NOTHING: "Unchanged",
    Action.UNKNOWN: "Unknown to be there",
}


class MarkdownRenderer:
    """GitHub-flavoured Markdown that starts with a marker and fits into a comment."""

    def render(self, report: Report) -> str:
        """A table of all results, then one foldable section for each that says more.

        Of several orgs, it is a table of orgs and apps, the most severe first, so that what does
        not fit is what is well. Orgs for which the same is true share one section.
        """
        title = f"### provision {prose(report.verb)}: {prose(tally(report.entries)) or 'nothing'}"
        if report.is_of_fleet:
            head = [MARKER, title, *_matrix_blocks(matrix_of(report), LONGEST // 2)]
            telling = alike(entry for _, entry in worst_first(report.entries) if entry.says_more)
        else:
            head = [MARKER, title, *_overview(report.entries)]
            telling = tuple(Alike(e, (e.org,)) for e in report.entries if e.says_more)
        return _fitted(head, [_section(each) for each in telling])

    def render_findings(self, findings: Findings) -> str:
        """A table of all findings."""
        title = f"### provision {prose(findings.verb)}: {prose(findings_summary(findings))}"
        heading = ("", "app", "key", "finding", "rule", "where")
        rows = [_finding_cells(finding) for finding in findings.findings]
        pages = [rows[at : at + _SUMMARY_ROWS] for at in range(0, len(rows), _SUMMARY_ROWS)]
        return _fitted([MARKER, title], ["\n".join(table(heading, page)) for page in pages])


def _fitted(head: Sequence[str], parts: Sequence[str]) -> str:
    """``head``, and as many whole ``parts`` as fit. A note says how many are left out."""
    blocks: list[str] = []
    room = LONGEST - len(_NOTE) - _SPARE
    left = 0
    for part in (*head, *parts):
        cost = len(part) + 2
        if cost > room:
            left += 1
        else:
            blocks.append(part)
            room -= cost
    if left:
        blocks.append(_NOTE.format(left=left, all=len(head) + len(parts)))
    return "\n\n".join(blocks)


def _overview(all_entries: Sequence[Entry]) -> Iterator[str]:
    if not all_entries:
        return
    rows = [
        (
            MARK[entry.severity],
            code(entry.app),
            code(entry.org),
            prose(entry.status),
            risks(entry.plan) if entry.plan else "",
        )
        for entry in all_entries[:_SUMMARY_ROWS]
    ]
    yield "\n".join(table(("", "app", "org", "status", "risks"), rows))
    if len(all_entries) > _SUMMARY_ROWS:
        yield f"_The table shows {_SUMMARY_ROWS} of {len(all_entries)} results._"


def _matrix_blocks(matrix: Matrix, room: int) -> Iterator[str]:
    """A table of at most ``room`` characters, and how many orgs are not in it."""
    heading = ("org", *map(code, matrix.apps), *(COST_HEADING if matrix.has_costs else ()))
    first, second, *lines = table(heading, (_matrix_cells(row, matrix) for row in matrix.shown))
    top = (first, second)
    fitting = _lines_fitting(lines, room - sum(len(line) + 1 for line in top))
    if fitting:
        yield "\n".join([*top, *lines[:fitting]])
    if fitting < len(lines):
        yield f"_The table shows {fitting} of {len(lines)} orgs._"
    if matrix.folded:
        yield "\n".join(f"- {MARK[None]} {prose(line)}" for line in matrix.folded)


def _lines_fitting(lines: list[str], room: int) -> int:
    """How many lines fit, counted from the first."""
    for number, line in enumerate(lines):
        room -= len(line) + 1
        if room < 0:
            return number
    return len(lines)


def _matrix_cells(row: MatrixRow, matrix: Matrix) -> tuple[str, ...]:
    costs = cost_cells(row) if matrix.has_costs else ()
    return (code(row.org), *map(_matrix_cell, row.cells), *costs)


def _matrix_cell(cell: Cell) -> str:
    return f"{MARK[cell.severity]} {prose(cell.status)}" if cell.numbers else ""


def _section(each: Alike) -> str:
    entry = each.entry
    mark = MARK[entry.severity]
    where = " in ".join(filter(None, (code(entry.app), _orgs(each.orgs))))
    title = f"{mark} {where}: {prose(entry.status)}"
    is_open = " open" if entry.severity is Severity.ERROR else ""
    blocks = [f"<details{is_open}><summary>{title}</summary>"]
    if entry.failure:
        blocks += _failure(entry.failure)
    if entry.plan:
        blocks += _plan(entry.plan)
    if entry.applied:
        blocks += [f"- {prose(notice)}" for notice in entry.applied.notices]
        if entry.applied.consumer_key:
            blocks.append(f"Consumer key: {code(entry.applied.consumer_key)}")
    blocks += [prose(line) for line in entry.done.splitlines() if line]
    blocks += [_sentence(item.text) for item in entry.proofs]
    blocks.append("</details>")
    return "\n\n".join(blocks)


def _sentence(text: str) -> str:
    return prose(f"{text[:1].upper()}{text[1:]}")


def _orgs(orgs: Sequence[str]) -> str:
    shown = ", ".join(map(code, orgs[:_MOST_LISTED]))
    more = len(orgs) - _MOST_LISTED
    return f"{shown} and {more} more" if more > 0 else shown


def _failure(failure: Failure) -> Iterator[str]:
    yield fenced(failure.message)
    if failure.next_step:
        yield f"{bold('Next:')} {prose(failure.next_step)}"


def _plan(plan: Plan) -> Iterator[str]:
    for gate in plan.gates:
        remedy = prose(gate.next_step) or f"To go through with it: {code(gate.flag)}"
        held = bold(f"Held by the gate {gate.name}.")
        yield f"> {held} {prose(gate.reason)} {remedy}"
    yield from _missing(plan)
    for group in groups(plan):
        yield from _group(group, is_drift=plan.drift is not None)
    if plan.chooses_consumer_key:
        yield f"- to be created: {prose(key_choice(plan))}"
    if plan.access:
        yield "\n".join(_access(plan))
    yield from _drift(plan)
    yield from _accepted("No longer accepted", accepted_rows(plan.expired, plan))
    yield from _accepted("Accepted, and left alone", accepted_rows(plan.accepted, plan))
    for advice in plan.advice:
        where = f" ({code(place(advice.position))})" if advice.position else ""
        label = bold(f"{advice_label(advice).capitalize()}:")
        yield f"> {label} {prose(advice.sentence)}{where}"
    for line in unmanaged_lines(unmanaged_records(plan)):
        yield prose(line[0].upper() + line[1:])
    if plan.defaults:
        yield "\n".join(_defaults(plan))
    if not plan.is_empty:
        yield prose(summary(plan))


def _access(plan: Plan) -> Iterator[str]:
    for index, item in enumerate(plan.access):
        lacking = _risk(lacking_risk(plan, index))
        drift = f" Drift: {lacking}" if lacking else ""
        yield f"- to be created or assigned: {prose(access_words(item))}{drift}"


def _missing(plan: Plan) -> Iterator[str]:
    if plan.drift and plan.drift.is_missing:
        yield f"> {bold('Drift, error:')} {prose(missing_words(plan.drift, plan.app))}"


def _drift(plan: Plan) -> Iterator[str]:
    if plan.drift is None:
        return
    if plan.drift.changes:
        lines = (f"- {prose(change_words(change))}" for change in plan.drift.changes)
        yield "\n".join((f"{bold('Last changed in the org')}\n", *lines))
    yield "\n".join((f"{bold('Two ways out')}\n", *(f"- {prose(way)}" for way in ways_out(plan))))


def _group(group: Group, *, is_drift: bool) -> Iterator[str]:
    what = _DONE[group.action]
    yield f"{bold(what)} {code(group.type_name)} {code(group.full_name)}"
    if not group.rows:
        return
    risks_of = ("drift", "repair") if is_drift else ("risk",)
    heading: tuple[str, ...] = ("key", HAVE, SAYS, "metadata", "where", *risks_of)
    cells: Iterable[Sequence[str]] = (
        (*_cells(row), *([_risk(row.drift) if row.drift else ""] * is_drift), _repair(row))
        for row in group.rows
    )
    if group.action is not Action.UPDATE:
        heading = ("key", "value", "metadata", "where")
        cells = ((key, *rest) for key, _, *rest in map(_cells, group.rows))
    yield "\n".join(table(heading, cells))


def _cells(row: Row) -> tuple[str, ...]:
    words = code(row.key), code(row.before), code(row.after), code(row.field_names)
    return (*words, code(place(row.position)))


def _repair(row: Row) -> str:
    return " ".join(filter(None, (_risk(row.risk), prose(moved_words(row.moved)))))


def _risk(risk: Risk) -> str:
    if risk.level is RiskLevel.HARMLESS:
        return ""
    return f"{bold(risk.words)}: {prose(risk.text)}"


def _accepted(title: str, items: Iterable[AcceptedRow]) -> Iterator[str]:
    rows = [
        (*_cells(item.row)[:3], item.acceptance.until.isoformat(), prose(item.acceptance.reason))
        for item in items
    ]
    if rows:
        yield bold(title)
        yield "\n".join(table(("key", "the org", "the spec", "until", "reason"), rows))


def _defaults(plan: Plan) -> Iterator[str]:
    yield "The spec leaves these to the org, which chooses for a new app:\n"
    for defaults in default_words(plan):
        chosen = ", ".join(f"{key} {value}" for key, value in defaults.chosen)
        yield f"- {code(defaults.type_name)}: {prose(chosen)}"


def _finding_cells(finding: Finding) -> tuple[str, ...]:
    return (
        MARK[finding.severity],
        code(SECRETS.line(finding.where)),
        code(SECRETS.line(finding.key)),
        prose(SECRETS.lines(finding.sentence)),
        code(finding.rule),
        code(place(finding.position)) if finding.position else "",
    )
