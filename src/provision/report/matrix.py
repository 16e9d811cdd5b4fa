"""Matrix: what came of every app in every org, for formats that can lay out a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from provision.findings import Severity
from provision.report.entry import Entry
from provision.report.report import OrgCost, Report

__all__ = ["Cell", "Matrix", "MatrixRow", "loudest_first", "matrix_of"]

_EVERY_APP: Final = ("every app",)
_LOUDEST_FIRST: Final = (*Severity, None)
_MOST_FINE: Final = 10


@dataclass(frozen=True, slots=True)
class Cell:
    """An app in an org: the numbers of the entries about both, and what they say together.

    Without entries, the app is no part of the run in this org: ``status`` is empty.
    """

    numbers: tuple[int, ...]
    status: str
    severity: Severity | None


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One org: a cell for each app. ``cost`` is there where it was counted."""

    org: str
    cells: tuple[Cell, ...]
    is_fine: bool
    cost: OrgCost | None

    @property
    def severity(self) -> Severity | None:
        """The loudest of the cells'."""
        return _loudest(cell.severity for cell in self.cells)

    @property
    def status(self) -> str:
        """What came of the org, in a word or two for each different thing."""
        return _together(cell.status for cell in self.cells if cell.status)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Orgs down, apps across: there are more orgs than apps, and a page is longer than wide.

    The rows are the loudest first, and otherwise in the order of the run.
    """

    apps: tuple[str, ...]
    rows: tuple[MatrixRow, ...]

    @property
    def has_costs(self) -> bool:
        """Whether there is a cost of any org to show."""
        return any(row.cost for row in self.rows)

    @property
    def folds(self) -> bool:
        """Whether there are so many orgs in which all is well that their number says more."""
        return sum(row.is_fine for row in self.rows) > _MOST_FINE

    @property
    def shown(self) -> tuple[MatrixRow, ...]:
        """The rows to write out where there is not room for everything."""
        return tuple(row for row in self.rows if not (self.folds and row.is_fine))

    @property
    def folded(self) -> tuple[str, ...]:
        """What there is to say of the other rows: ``in sync: 993 orgs``."""
        counts = Counter(row.status for row in self.rows if self.folds and row.is_fine)
        return tuple(
            f"{status}: {count} org{'s' if count != 1 else ''}" for status, count in counts.items()
        )


def matrix_of(report: Report) -> Matrix:
    """The matrix of a report. An entry about a whole org stands in each cell of the org."""
    entries = report.entries
    apps = tuple(dict.fromkeys(entry.app for entry in entries if entry.app))
    columns = apps or (_EVERY_APP if entries else ())
    costs = {cost.org: cost for cost in report.costs}
    rows = [
        MatrixRow(
            org,
            tuple(_cell(of_org.get(app, ()), entries) for app in columns),
            is_fine=all(entries[number].is_fine for cell in of_org.values() for number in cell),
            cost=costs.get(org),
        )
        for org, of_org in _numbers(entries, columns).items()
    ]
    return Matrix(columns, tuple(sorted(rows, key=_rank)))


def loudest_first(entries: Sequence[Entry]) -> Iterator[tuple[int, Entry]]:
    """The entries with their numbers: what went wrong before what is well."""
    yield from sorted(enumerate(entries), key=lambda item: _rank(item[1]))


def _numbers(
    entries: Sequence[Entry], columns: Sequence[str]
) -> Mapping[str, Mapping[str, Sequence[int]]]:
    """By org and app, which entries are about both."""
    found: dict[str, dict[str, list[int]]] = {}
    for number, entry in enumerate(entries):
        of_org = found.setdefault(entry.org, {})
        for app in (entry.app,) if entry.app else columns:
            of_org.setdefault(app, []).append(number)
    return found


def _cell(numbers: Sequence[int], entries: Sequence[Entry]) -> Cell:
    here = [entries[number] for number in numbers]
    return Cell(
        tuple(numbers),
        _together(entry.status for entry in here),
        _loudest(entry.severity for entry in here),
    )


def _together(statuses: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(statuses))


def _loudest(severities: Iterable[Severity | None]) -> Severity | None:
    return min(severities, key=_LOUDEST_FIRST.index, default=None)


def _rank(item: MatrixRow | Entry) -> tuple[int, bool]:
    return _LOUDEST_FIRST.index(item.severity), item.is_fine
