"""HTML: one page that needs nothing else, neither files nor scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final

from provision import __version__
from provision.report.entry import Entry, entries, tally
from provision.report.findings import Findings, Severity
from provision.report.plan_lines import moved_words, place, risks, summary
from provision.report.redaction import Redaction
from provision.report.remark import finding_remark
from provision.report.results import Results
from provision.report.text import findings_summary
from provision.spec.position import Position

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["HtmlRenderer"]

_TEMPLATES: Final = Path(__file__).resolve().parent / "templates"
_SYMBOLS: Final = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.NOTE: "•", None: "✓"}
_MOST_OPEN: Final = 10


@dataclass(frozen=True, slots=True)
class _MatrixRow:
    """One org: for each app, the numbers of the entries that are about both."""

    org: str
    cells: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class _Matrix:
    """Orgs down, apps across: there are more orgs than apps, and a page is longer than wide."""

    apps: tuple[str, ...]
    rows: tuple[_MatrixRow, ...]


class HtmlRenderer:
    """A page with a matrix of apps and orgs, and the fields of each below."""

    def render(self, results: Results) -> str:
        """The matrix, and what there is to say of each of its cells."""
        all_entries = entries(results)
        template = _environment().get_template("results.html.j2")
        return template.render(
            verb=results.verb,
            version=__version__,
            headline=tally(all_entries) or "nothing",
            entries=all_entries,
            matrix=_matrix(all_entries),
            opened=_opened(all_entries),
        )

    def render_findings(self, findings: Findings) -> str:
        """A table of the findings, and a list of what was checked."""
        redaction = Redaction(findings.sensitive)
        template = _environment().get_template("findings.html.j2")
        return template.render(
            verb=findings.verb,
            version=__version__,
            headline=findings_summary(findings),
            findings=[finding_remark(finding, redaction) for finding in findings.findings],
            checked=[redaction.line(app) for app in findings.checked],
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
    environment.filters.update(
        place=place,
        place_beside=_place_beside,
        summary=summary,
        risks=risks,
        moved_words=moved_words,
        symbol=_SYMBOLS.__getitem__,
    )
    return environment


def _place_beside(position: Position, spec: Position) -> str:
    """A position in the spec's own file without the folder, which the page says already."""
    if position.file != spec.file:
        return place(position)
    return place(replace(position, file=PurePath(position.file).name))


def _matrix(all_entries: Sequence[Entry]) -> _Matrix:
    apps = tuple(dict.fromkeys(entry.app for entry in all_entries))
    cells: dict[str, dict[str, list[int]]] = {}
    for number, entry in enumerate(all_entries):
        cells.setdefault(entry.org, {}).setdefault(entry.app, []).append(number)
    rows = tuple(
        _MatrixRow(org, tuple(tuple(of_org.get(app, ())) for app in apps))
        for org, of_org in cells.items()
    )
    return _Matrix(apps, rows)


def _opened(all_entries: Sequence[Entry]) -> frozenset[int]:
    """Which entries show their details from the start: what is not well, unless it is much."""
    loud = [number for number, entry in enumerate(all_entries) if entry.severity]
    return frozenset(loud if len(loud) <= _MOST_OPEN else ())
