"""HTML: one page that needs no other file and no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final

from provision.distribution import VERSION
from provision.findings import Severity
from provision.redaction import SECRETS
from provision.report.entry import Entry, tally
from provision.report.entry_findings import printable
from provision.report.findings import Findings
from provision.report.matrix import COST_HEADING, cost_cells, matrix_of, worst_first
from provision.report.plan_words import (
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
from provision.report.row import accepted_rows, groups
from provision.report.text import findings_summary
from provision.spec.position import Position

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["HtmlRenderer"]

_TEMPLATES: Final = Path(__file__).resolve().parent / "templates"
_SYMBOLS: Final = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.NOTE: "•", None: "✓"}
_MOST_OPEN: Final = 10
_MOST_DETAILED: Final = 1000  # of a fleet; three times as many take a browser many seconds


class HtmlRenderer:
    """A page with a matrix of apps and orgs, and the fields of each below."""

    def render(self, report: Report) -> str:
        """The matrix, and the details of its cells."""
        template = _environment().get_template("results.html.j2")
        return template.render(
            verb=report.verb,
            version=VERSION,
            headline=tally(report.entries) or "nothing",
            entries=report.entries,
            matrix=matrix_of(report),
            detailed=_detailed(report),
            saying=sum(entry.says_more for entry in report.entries) if report.is_of_fleet else 0,
            opened=_opened(report.entries),
        )

    def render_findings(self, findings: Findings) -> str:
        """A table of the findings, and a list of what was checked."""
        template = _environment().get_template("findings.html.j2")
        return template.render(
            verb=findings.verb,
            version=VERSION,
            headline=findings_summary(findings),
            findings=[printable(finding) for finding in findings.findings],
            checked=[SECRETS.line(app) for app in findings.checked],
        )


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,  # select_autoescape() would not escape names that end in .html.j2
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        cost_heading=COST_HEADING, accepted_rows=accepted_rows, lacking_risk=lacking_risk
    )
    environment.filters.update(
        access_words=access_words,
        default_words=default_words,
        groups=groups,
        key_choice=key_choice,
        missing_words=missing_words,
        place=place,
        place_beside=_place_beside,
        summary=summary,
        risks=risks,
        advice_label=advice_label,
        moved_words=moved_words,
        change_words=change_words,
        symbol=_SYMBOLS.__getitem__,
        cost_cells=cost_cells,
        unmanaged_records=unmanaged_records,
        ways_out=ways_out,
    )
    return environment


def _place_beside(position: Position, spec: Position | None) -> str:
    """A position. In the spec's own file it has no folder, since the page shows that already."""
    if spec is None or position.file != spec.file:
        return place(position)
    return place(replace(position, file=PurePath(position.file).name))


def _detailed(report: Report) -> Mapping[int, Entry]:
    """The entries that have details, by number. Of several orgs, the most severe that say more."""
    if not report.is_of_fleet:
        return dict(enumerate(report.entries))
    saying = ((number, entry) for number, entry in worst_first(report.entries) if entry.says_more)
    return dict(islice(saying, _MOST_DETAILED))


def _opened(all_entries: Sequence[Entry]) -> frozenset[int]:
    """The entries whose details are open at first: those with a severity, unless they are many."""
    telling = [number for number, entry in enumerate(all_entries) if entry.severity]
    return frozenset(telling if len(telling) <= _MOST_OPEN else ())
